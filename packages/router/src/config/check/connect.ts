import type { Cursor } from '@headgate/shared/config/cursor';
import { isIP } from 'node:net';
import type { Problems } from '@headgate/shared/config/problem';
import { nearest } from '@headgate/shared/config/suggest';
import { IMPLICIT_CONNECT } from '../../model/check.ts';
import type { ConnectStep } from '../../model/check.ts';
import { parseAddress } from '../address.ts';
import { compileExpression } from '../../sample/expression.ts';
import type { ExpressionContext } from '../../sample/expression.ts';
import { textOf } from '../../sample/value.ts';

const WORDS = ['default', 'port', 'addr', 'send-proxy', 'ssl', 'sni', 'alpn', 'linger', 'proto', 'comment'];

/** `tcp-check connect [default] [port P] [addr A] [send-proxy] [ssl] [sni NAME] [alpn LIST] [linger] [proto h1] [comment TEXT]`; undefined after a problem. */
export function readConnect(
  cursor: Cursor,
  context: ExpressionContext,
): { readonly step: ConnectStep; readonly comment: string | undefined } | undefined {
  const { problems } = context;
  let step: ConnectStep = { ...IMPLICIT_CONNECT, implicit: false, inherits: false };
  let comment: string | undefined;
  for (let word = cursor.next(); word !== undefined; word = cursor.next()) {
    if (word.text === 'default') step = { ...step, inherits: true };
    else if (word.text === 'linger') step = { ...step, linger: true };
    else if (word.text === 'send-proxy') step = { ...step, sendProxy: true };
    else if (word.text === 'ssl') step = { ...step, ssl: true };
    else if (word.text === 'sni') step = { ...step, sni: cursor.need('a name')?.text };
    else if (word.text === 'alpn') step = { ...step, alpn: cursor.need('protocols')?.text.split(',') };
    else if (word.text === 'comment') comment = cursor.need('a comment')?.text;
    else if (word.text === 'proto') readProtocol(cursor, problems);
    else if (word.text === 'port') {
      const port = readPort(cursor, context);
      if (port === undefined) return undefined;
      step = { ...step, port };
    } else if (word.text === 'addr') {
      const address = cursor.need('an address');
      if (address === undefined) return undefined;
      const found = placeOf(address.text);
      if (found === undefined) problems.error(address.at, `'${address.text}' is not an IP address`);
      // Its port counts where the step has no other.
      else step = { ...step, host: found.host, addressPort: found.port };
    } else {
      if (word.text === 'via-socks4')
        problems.error(
          word.at,
          `not supported: '${cursor.done}' (there is no SOCKS client: checks connect as the traffic does)`,
        );
      else problems.error(word.at, `unexpected '${word.text}' in '${cursor.done}'`, nearest(word.text, WORDS));
      return undefined;
    }
  }
  return { step, comment };
}

/** `proto h1` or `proto none`, which is what checks speak. */
function readProtocol(cursor: Cursor, problems: Problems): void {
  const word = cursor.need('a protocol');
  if (word === undefined || ['h1', 'none'].includes(word.text)) return;
  if (['h2', 'fcgi'].includes(word.text))
    problems.error(word.at, `not supported: '${cursor.done}'; servers are spoken to in HTTP/1.1`);
  else problems.error(word.at, `unknown protocol '${word.text}'`, nearest(word.text, ['h1', 'h2', 'fcgi', 'none']));
}

/** `10.0.0.1`, `10.0.0.1:80`, `::1`. As in HAProxy `:80` names no address, and its port does not count either. */
function placeOf(text: string): { readonly host: string | undefined; readonly port: number | undefined } | undefined {
  const bare = text.replace(/^(?:ipv4|ipv6)@/, '');
  if (isIP(bare) !== 0) return { host: bare, port: undefined };
  const address = parseAddress(text);
  if (address.kind !== 'tcp' || address.last !== undefined) return undefined;
  const { host, port } = address;
  if (['', '0.0.0.0', '::'].includes(host)) return { host: undefined, port: undefined };
  return isIP(host) === 0 ? undefined : { host, port };
}

function readPort(cursor: Cursor, context: ExpressionContext): ConnectStep['port'] {
  const word = cursor.peek();
  if (word === undefined || /^\d+$/.test(word.text)) return cursor.integer('a port', 1, 65_535);
  cursor.next();
  const expression = compileExpression(word, context);
  if (expression === undefined) return undefined;
  return (on) => {
    const value = expression.reading.one(on);
    const port = value === undefined ? Number.NaN : Number(textOf(value));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
  };
}
