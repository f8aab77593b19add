import type { HttpCheck } from '../../model/snapshot.ts';
import type { CheckType, Verdict } from './check-type.ts';

/** Other methods declare an empty body. */
const BODYLESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'DELETE', 'CONNECT']);
/** RFC 6455 §4.1 requires 16 bytes in base64; the answer to it is not read, so they need not be random. */
const WEBSOCKET_KEY = 'aGVhZGdhdGUgY2hlY2tzIQ==';
const STATUS_LINE = /^HTTP\/\d\.\d (\d{3})(?: ([^\r]*))?\r?$/;
const INVALID: Verdict = { passed: false, status: 'L7RSP', code: undefined, info: '' };
const INFO_LENGTH = 100;

/** `option httpchk`: a request whose answer has a good status. Only the status line is read. */
export const http: CheckType = {
  request: ({ httpCheck }) => (httpCheck === undefined ? '' : requestHead(httpCheck)),
  judge(received, complete, { httpCheck }) {
    const end = received.indexOf('\n');
    if (end === -1) return complete ? INVALID : undefined;
    const [, status, phrase = ''] = STATUS_LINE.exec(received.slice(0, end)) ?? [];
    if (status === undefined) return INVALID;
    const code = Number(status);
    return httpCheck?.expect(code) === true
      ? { passed: true, status: 'L7OK', code, info: '' }
      : { passed: false, status: 'L7STS', code, info: printable(phrase) };
  },
};

/** As in HAProxy: lower-case names; HTTP/1.1 gets `connection: close` unless a Connection header is configured. */
function requestHead({ method, uri, version, headers, body }: HttpCheck): string {
  const own = headers.map(([name, value]): readonly [string, string] => [name.toLowerCase(), value]);
  const has = (name: string): boolean => own.some(([given]) => given === name);
  const websocket = own.some(([name, value]) => name === 'upgrade' && value.toLowerCase() === 'websocket');
  const lines = [
    ...own,
    ...(websocket && !has('sec-websocket-key') ? [['sec-websocket-key', WEBSOCKET_KEY]] : []),
    ...(body !== '' || !BODYLESS.has(method) ? [['content-length', String(body.length)]] : []),
    ...(version === '1.1' && !has('connection') ? [['connection', 'close']] : []),
  ].map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${uri} HTTP/${version}\r\n${lines.join('')}\r\n${body}`;
}

/** The phrase ends up in the log: it must not be able to forge another line or field. */
function printable(phrase: string): string {
  return phrase.slice(0, INFO_LENGTH).replaceAll(/[^\x20-\x7e]|"/g, '?');
}
