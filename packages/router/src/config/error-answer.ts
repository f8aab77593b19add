import type { Problems } from '@headgate/shared/config/problem';
import { nearest } from '@headgate/shared/config/suggest';
import type { Position, Word } from '@headgate/shared/config/raw';
import { errorFile } from '../http/error-file.ts';
import type { Context } from './directive.ts';
import type { Answer } from '../model/answer.ts';
import { headerSafe } from '../rules/header-safe.ts';
import { bytesOf } from '../sample/value.ts';
import type { Cursor } from '@headgate/shared/config/cursor';

/** Statuses HAProxy has pages for (configuration manual, `errorfile`), and 414, 431 and 505 of ours. */
const STATUSES = [
  200, 400, 401, 403, 404, 405, 407, 408, 410, 413, 414, 421, 422, 425, 429, 431, 500, 501, 502, 503, 504, 505,
];

export function readErrorStatus(cursor: Cursor, problems: Problems): number | undefined {
  const word = cursor.need('a status code and what to send');
  if (word === undefined) return undefined;
  const status = Number(word.text);
  if (STATUSES.includes(status)) return status;
  refuseStatus(word.text, word.at, problems);
  return undefined;
}

/** Says that a status has no page. */
export function refuseStatus(status: number | string, at: Position, problems: Problems): void {
  problems.error(
    at,
    `'${status}' is not a status with a page of its own: ${STATUSES.join(', ')}`,
    nearest(String(status), STATUSES.map(String)),
  );
}

/** The answer of `errorloc`: a redirect. */
export function errorRedirect(status: 302 | 303, url: string, logged: number): Answer {
  const headers = [
    ['cache-control', 'no-cache'],
    ['location', headerSafe(bytesOf(url))],
  ] as const;
  return { status, reason: status === 302 ? 'Found' : 'See Other', headers, body: '', logged, close: false };
}

/** The page in a file; undefined after a problem. */
export function readErrorFile(
  path: Word,
  status: number,
  { problems, io }: Pick<Context, 'problems' | 'io'>,
): Answer | undefined {
  const page = errorFile(path.text, status, (file, encoding) => io.readFile(file, encoding));
  if (typeof page !== 'string') return page;
  problems.error(path.at, page);
  return undefined;
}
