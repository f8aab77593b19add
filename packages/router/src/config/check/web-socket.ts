import type { Cursor } from '@headgate/shared/config/cursor';
import type { Word } from '@headgate/shared/config/raw';
import { webSocketScript, type WebSocketCheck } from '../../checks/web-socket.ts';
import type { CheckScript } from '../../model/check.ts';
import type { Context } from '../directive.ts';
import { TOKEN } from '../../http/token.ts';

const TARGET = /^\/[!-~]*$/;
const VALUE = /^[\t -~\x80-\xff]*$/;
const HOST = /^[!-.0-~]+$/;
/** Fields of the upgrade itself, which `hdr` may not set. */
const OWN = /^(host|connection|upgrade|content-length|transfer-encoding|sec-websocket-.*)$/i;

/** `option websocket-check [URI] [host NAME] [protocol NAME] [hdr NAME VALUE]… [ping]` */
export function readWebSocketCheck(cursor: Cursor, { problems }: Context): CheckScript | undefined {
  let check: WebSocketCheck = { target: '/', host: undefined, protocol: undefined, headers: [], ping: false };
  let good = true;
  const wrong = ({ at }: Word, message: string): void => {
    problems.error(at, message);
    good = false;
  };
  const first = cursor.peek();
  if (first?.text.startsWith('/') === true) {
    cursor.next();
    if (TARGET.test(first.text)) check = { ...check, target: first.text };
    else wrong(first, `'${first.text}' is not a path: no blanks, and other characters percent-encoded`);
  }
  while (cursor.peek() !== undefined) {
    const word = cursor.choice('argument', ['host', 'protocol', 'hdr', 'ping']);
    if (word === undefined) return undefined;
    if (word === 'ping') {
      check = { ...check, ping: true };
      continue;
    }
    const name = cursor.need(word === 'hdr' ? 'the name of a header' : `the name of a ${word}`);
    if (name === undefined) return undefined;
    if (word === 'host') {
      if (HOST.test(name.text)) check = { ...check, host: name.text };
      else wrong(name, `'${name.text}' is not a host`);
    } else if (!TOKEN.test(name.text)) wrong(name, `'${name.text}' is not a name`);
    else if (word === 'protocol') check = { ...check, protocol: name.text };
    else {
      const value = cursor.need('the value of the header');
      if (value === undefined) return undefined;
      if (OWN.test(name.text)) wrong(name, `'${name.text}' belongs to the upgrade itself: write 'host' or 'protocol'`);
      else if (!VALUE.test(value.text)) wrong(value, `'${value.text}' is not the value of a header`);
      else check = { ...check, headers: [...check.headers, [name.text, value.text]] };
    }
  }
  return good ? webSocketScript(check) : undefined;
}
