import type { CheckEvaluation } from '../model/check.ts';
import type { Evaluation } from '../model/evaluation.ts';

/** A value that is written out, or made for each check. */
export type Made = string | ((on: Evaluation) => string);

/** The request of a health check (HAProxy: `option httpchk`, `http-check send`). */
export interface CheckRequest {
  readonly method: string;
  readonly uri: Made;
  readonly version: '1.0' | '1.1';
  readonly headers: readonly (readonly [string, Made])[];
  /** Sent after the head, with its length; empty for none. */
  readonly body: Made;
}

export const USUAL_REQUEST: CheckRequest = { method: 'OPTIONS', uri: '/', version: '1.0', headers: [], body: '' };

/** Other methods declare an empty body. */
const BODYLESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'DELETE', 'CONNECT']);
/** RFC 6455 §4.1 requires 16 bytes in base64; the answer to it is not read, so they need not be random. */
const WEBSOCKET_KEY = 'aGVhZGdhdGUgY2hlY2tzIQ==';
/** Bytes of a format that would end a line of the head early. */
const LINE_END = /[\r\n\0]/g;

/** The bytes of a request. As in HAProxy: lower-case names; HTTP/1.1 gets `connection: close` unless a Connection header is configured. */
export function requestBytes(request: CheckRequest, on: CheckEvaluation, sendState: boolean): string {
  const { method, version } = request;
  const made = (value: Made): string => (typeof value === 'string' ? value : value(on));
  const inLine = (value: Made): string => made(value).replaceAll(LINE_END, '');
  const own = request.headers.map(([name, value]): readonly [string, string] => [name.toLowerCase(), inLine(value)]);
  const has = (name: string): boolean => own.some(([given]) => given === name);
  const websocket = own.some(([name, value]) => name === 'upgrade' && value.toLowerCase() === 'websocket');
  const body = made(request.body);
  const lines = [
    ...own,
    ...(websocket && !has('sec-websocket-key') ? [['sec-websocket-key', WEBSOCKET_KEY]] : []),
    ...(sendState ? [['x-haproxy-server-state', on.tested.state()]] : []),
    ...(body !== '' || !BODYLESS.has(method) ? [['content-length', String(body.length)]] : []),
    ...(version === '1.1' && !has('connection') ? [['connection', 'close']] : []),
  ].map(([name, value]) => `${name}: ${value}\r\n`);
  // As in HAProxy a format without a value asks for the root.
  const uri = inLine(request.uri) || '/';
  return `${method} ${uri} HTTP/${version}\r\n${lines.join('')}\r\n${body}`;
}
