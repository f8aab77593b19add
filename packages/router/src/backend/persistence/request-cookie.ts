import type { ServerState } from '../../model/backend.ts';
import type { CookieSeen, StickyCookie } from '../../model/persistence.ts';
import { NO_DATES, isOver, splitDates } from './cookie-date.ts';
import type { CookieDates } from './cookie-date.ts';
import type { Fate } from './cookie-line.ts';

/** How a request stands to its backend's servers, for reading its cookie. */
export interface CookieQuestion {
  readonly servers: readonly ServerState[];
  /** A server may be chosen although it is down (`option persist`, `force-persist`). */
  readonly evenDown: boolean;
  /** The cookie chooses nothing: `ignore-persist`, or a server is chosen already. */
  readonly ignored: boolean;
  /** Seconds since 1970. */
  readonly now: number;
}

/** What the cookies of one request said so far. */
export interface CookieFinding {
  server: ServerState | undefined;
  seen: CookieSeen;
  dates: CookieDates;
}

/**
 * Takes one value of the cookie into account and says what becomes of it in the request. The first that names a server counts;
 * several servers may share a value, and the first of them that is up is taken.
 */
export function readCookie(
  value: string,
  cookie: StickyCookie,
  question: CookieQuestion,
  finding: CookieFinding,
): Fate {
  const { ignored, evenDown, servers } = question;
  const prefix = cookie.mode === 'prefix';
  const tilde = prefix ? value.indexOf('~') : -1;
  let name = tilde < 0 ? value : value.slice(0, tilde);
  if (!prefix) name = readDates(value, cookie, question.now, finding);
  if (name !== '' && !ignored && finding.server === undefined)
    for (const server of servers) {
      if (server.config.cookie !== name) continue;
      if (server.stopped && !evenDown) {
        finding.seen = 'D';
        continue;
      }
      finding.seen = server.stopped ? 'D' : 'V';
      finding.server = server;
      break;
    }
  if (finding.server === undefined && finding.seen === 'N') finding.seen = ignored ? 'U' : 'I';
  if (tilde >= 0) return { value: value.slice(tilde + 1) };
  return cookie.mode === 'insert' && cookie.indirect ? 'remove' : 'keep';
}

/** The server a value names; '' when its dates are over. */
function readDates(value: string, cookie: StickyCookie, now: number, finding: CookieFinding): string {
  const { server, last, first } = splitDates(value);
  finding.dates = { last: last || finding.dates.last, first: first || finding.dates.first };
  if (isOver(finding.dates.first, cookie.maxLife, now)) finding.seen = 'O';
  else if (isOver(finding.dates.last, cookie.maxIdle, now)) finding.seen = 'E';
  else return server;
  finding.dates = NO_DATES;
  return '';
}
