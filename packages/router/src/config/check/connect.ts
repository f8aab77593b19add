import type { Cursor } from '@headgate/shared/config/cursor';
import { isIP } from 'node:net';
import { nearest } from '@headgate/shared/config/suggest';
import { IMPLICIT_CONNECT } from '../../model/check.ts';
import type { ConnectStep } from '../../model/check.ts';
import { compileExpression } from '../../sample/expression.ts';
import type { ExpressionContext } from '../../sample/expression.ts';

const WORDS = ['default', 'port', 'addr', 'send-proxy', 'ssl', 'sni', 'alpn', 'linger', 'comment'];

/** `tcp-check connect [default] [port P] [addr A] [send-proxy] [ssl] [sni NAME] [alpn LIST] [linger] [comment TEXT]`; undefined after a problem. */
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
    else if (word.text === 'port') {
      const port = readPort(cursor, context);
      if (port === undefined) return undefined;
      step = { ...step, port };
    } else if (word.text === 'addr') {
      const address = cursor.need('an address');
      if (address === undefined) return undefined;
      const host = address.text.replace(/^(?:ipv4|ipv6)@/, '');
      if (isIP(host) === 0) problems.error(address.at, `'${address.text}' is not an IP address`);
      step = { ...step, host };
    } else {
      if (word.text === 'via-socks4' || word.text === 'proto')
        problems.error(word.at, `not supported: '${cursor.done}'`);
      else problems.error(word.at, `unexpected '${word.text}' in '${cursor.done}'`, nearest(word.text, WORDS));
      return undefined;
    }
  }
  return { step, comment };
}

function readPort(cursor: Cursor, context: ExpressionContext): ConnectStep['port'] {
  const word = cursor.peek();
  if (word === undefined || /^\d+$/.test(word.text)) return cursor.integer('a port', 1, 65_535);
  cursor.next();
  const expression = compileExpression(word, context);
  if (expression === undefined) return undefined;
  return (on) => {
    const port = Number(expression.reading.one(on));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
  };
}
