/** The ClientHello of a TLS connection that passes in mode tcp. `text` is latin1, as samples are. Pure. */
import { readClientHello as readHello } from '@headgate/shared/tls/client-hello';
import type { ClientHello } from '@headgate/shared/tls/client-hello';

const HANDSHAKE = 22;

/** The type of the first handshake message: 1 of a ClientHello; undefined when these bytes are no TLS handshake. */
export function helloType(text: string): number | 'more' | undefined {
  if (text.length === 0) return 'more';
  if (text.charCodeAt(0) !== HANDSHAKE || (text.length > 1 && text.charCodeAt(1) !== 3)) return undefined;
  return text.length < 6 ? 'more' : text.charCodeAt(5);
}

/** 'more': these bytes may be the beginning of one; undefined: they are not. */
export function readClientHello(text: string): ClientHello | 'more' | undefined {
  return readHello(Buffer.from(text, 'latin1'));
}
