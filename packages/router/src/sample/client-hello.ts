/** The ClientHello of a TLS connection that passes in mode tcp. `text` is latin1, as samples are. Pure. */
import { readClientHello as readHello } from '@headgate/shared/tls/client-hello';
import type { ClientHello } from '@headgate/shared/tls/client-hello';
import { more } from './more.ts';
import type { More } from './more.ts';

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;

/** The type of the first handshake message, once it is complete: 1 of a ClientHello; undefined when these bytes are no TLS handshake. */
export function helloType(text: string): number | More | undefined {
  if (text.length === 0) return more;
  if (text.charCodeAt(0) !== HANDSHAKE || (text.length > 1 && text.charCodeAt(1) !== 3)) return undefined;
  if (text.length < 6) return more;
  const type = text.charCodeAt(5);
  // A rule that sees type 1 reads the contents next, so all of it must have come.
  const whole =
    type === CLIENT_HELLO
      ? readClientHello(text) !== more
      : text.length >= 5 + text.charCodeAt(3) * 256 + text.charCodeAt(4);
  return whole ? type : more;
}

/** `more`: these bytes may be the beginning of one; undefined: they are not. */
export function readClientHello(text: string): ClientHello | More | undefined {
  const found = readHello(Buffer.from(text, 'latin1'));
  return found === 'more' ? more : found;
}
