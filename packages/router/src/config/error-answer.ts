import type { Problems } from '@headgate/shared/config/problem';
import { nearest } from '@headgate/shared/config/suggest';
import type { Answer } from '../model/answer.ts';
import type { Cursor } from '@headgate/shared/config/cursor';

/** Statuses HAProxy has pages for (configuration manual, `errorfile`), and 414, 431 and 505 of ours. */
const STATUSES = [
  200, 400, 401, 403, 404, 405, 407, 408, 410, 413, 414, 421, 422, 425, 429, 431, 500, 501, 502, 503, 504, 505,
];
/** The largest page, as in HAProxy. */
const MAX_LENGTH = 16_384;
const OURS = ['connection', 'content-length', 'transfer-encoding', 'keep-alive'];

export function readErrorStatus(cursor: Cursor, problems: Problems): number | undefined {
  const word = cursor.need('a status code and what to send');
  if (word === undefined) return undefined;
  const status = Number(word.text);
  if (STATUSES.includes(status)) return status;
  problems.error(
    word.at,
    `'${word.text}' is not a status with a page of its own: ${STATUSES.join(', ')}`,
    nearest(word.text, STATUSES.map(String)),
  );
  return undefined;
}

/** The answer of `errorloc`: a redirect. */
export function errorRedirect(status: 302 | 303, url: string): Answer {
  const headers = [
    ['cache-control', 'no-cache'],
    ['location', url],
  ] as const;
  return { status, reason: status === 302 ? 'Found' : 'See Other', headers, body: '', close: false };
}

/** Parses the complete HTTP response in an `errorfile`; returns a string if it is invalid. Framing and connection headers are added by the engine. */
export function parseErrorFile(text: string, code: number): Answer | string {
  if (text.length > MAX_LENGTH) return `longer than ${MAX_LENGTH} characters`;
  const split = /\r?\n\r?\n/.exec(text);
  if (split === null) return 'no empty line between head and body';
  const [first = '', ...lines] = text.slice(0, split.index).split(/\r?\n/);
  const start = /^HTTP\/1\.[01] (\d{3})(?: ([\t\x20-\x7e]*))?$/.exec(first);
  if (start === null) return 'the first line is not one of an HTTP answer (HTTP/1.1 503 Service Unavailable)';
  const headers: [string, string][] = [];
  for (const line of lines) {
    const header = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e]*?)[ \t]*$/.exec(line);
    if (header === null) return `'${line.slice(0, 60)}' is not a header`;
    const name = (header[1] ?? '').toLowerCase();
    if (!OURS.includes(name)) headers.push([name, header[2] ?? '']);
  }
  const body = text.slice(split.index + split[0].length);
  return { status: Number(start[1]), reason: start[2] ?? '', headers, body, close: code === 400 || code === 408 };
}
