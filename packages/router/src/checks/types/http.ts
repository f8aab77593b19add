import type { HttpCheck } from '../../config/snapshot.ts';
import type { CheckType, Verdict } from './check-type.ts';

const METHODS_WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);
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

/** As HAProxy writes it: names in lower case, and HTTP/1.1 asks for the connection to be closed. */
function requestHead({ method, uri, version, headers }: HttpCheck): string {
  const own = headers
    .map(([name, value]): readonly [string, string] => [name.toLowerCase(), value])
    .filter(([name]) => name !== 'connection' && name !== 'content-length' && name !== 'transfer-encoding');
  const body = METHODS_WITH_BODY.has(method) ? [['content-length', '0']] : [];
  const close = version === '1.1' ? [['connection', 'close']] : [];
  const lines = [...own, ...body, ...close].map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${uri} HTTP/${version}\r\n${lines.join('')}\r\n`;
}

/** The phrase ends up in the log: nothing in it may look like another line or another field. */
function printable(phrase: string): string {
  return phrase.slice(0, INFO_LENGTH).replaceAll(/[^\x20-\x7e]|"/g, '?');
}
