import type { CookieSet, StickyCookie } from '../../model/persistence.ts';
import type { CookieDates } from './cookie-date.ts';
import { encodeDate } from './cookie-date.ts';
import { endOfValue, skipBlanks, trimRight } from './cookie-line.ts';

/** What an answer is judged by. */
export interface AnswerQuestion {
  /** The cookie value of the server that answered; undefined when it has none. */
  readonly server: string | undefined;
  /** The client's own cookie, a stick table or `use-server` chose that server. */
  readonly direct: boolean;
  readonly ignored: boolean;
  readonly method: string;
  /** Of the client's cookie. */
  readonly dates: CookieDates;
  /** Seconds since 1970. */
  readonly now: number;
}

/** What becomes of one `Set-Cookie` line of a server: its new value, null to remove it, undefined to leave it. */
export interface LineFate {
  readonly set: CookieSet | undefined;
  readonly value: string | null | undefined;
}

const UNTOUCHED: LineFate = { set: undefined, value: undefined };

/** Reads one `Set-Cookie` line. Blanks around `=` are gone afterwards, as in HAProxy. */
export function judgeSetCookie(line: string, cookie: StickyCookie, question: AnswerQuestion): LineFate {
  const start = skipBlanks(line, 0);
  const equal = line.slice(start).search(/[=;]/) + start;
  if (equal < start || line[equal] !== '=') return UNTOUCHED;
  const name = trimRight(line, start, equal);
  const from = skipBlanks(line, equal + 1);
  const end = endOfValue(line, from);
  const value = trimRight(line, from, end);
  const rest = line.slice(from + value.length);
  const stripped = from > equal + 1 || name.length < equal - start ? `${name}=${value}${rest}` : undefined;
  if (name !== cookie.name || question.ignored) return { set: undefined, value: stripped };
  const { mode, preserve, indirect } = cookie;
  if (preserve) return { set: 'P', value: stripped };
  if (mode === 'insert' || (question.direct && indirect)) return { set: 'D', value: null };
  if (question.server !== undefined && mode === 'rewrite')
    return { set: 'R', value: `${name}=${question.server}${rest}` };
  if (question.server !== undefined && mode === 'prefix')
    return { set: 'R', value: `${name}=${question.server}~${value}${rest}` };
  return { set: 'P', value: stripped };
}

/** The cookie of ours that an answer gets (`insert`); undefined for none. `found`: the server's own was passed on. */
export function cookieToInsert(cookie: StickyCookie, question: AnswerQuestion, found: boolean): string | undefined {
  if (cookie.mode !== 'insert' || question.ignored || (found && cookie.preserve)) return undefined;
  if (cookie.postonly && question.method !== 'POST') return undefined;
  if (question.direct && !isOutdated(cookie, question)) return undefined;
  const { server, now, dates } = question;
  // A server without a cookie (a backup, for instance) takes the one of another server away.
  if (server === undefined) return `${cookie.name}=; Expires=Thu, 01-Jan-1970 00:00:01 GMT; path=/${cookie.attributes}`;
  let value = server;
  if (cookie.maxIdle > 0 || cookie.maxLife > 0) value += `|${encodeDate(now + 3)}`;
  if (cookie.maxLife > 0) value += `|${encodeDate(dates.first === 0 ? now + 3 : dates.first)}`;
  return `${cookie.name}=${value}; path=/${cookie.attributes}`;
}

/** The client has the right server in its cookie: it is only sent again when its dates must change. */
function isOutdated({ maxIdle, maxLife }: StickyCookie, { dates: { last, first }, now }: AnswerQuestion): boolean {
  const seenBefore = (maxIdle > 0 || last !== 0) && (last === 0 || last < now);
  return seenBefore || (maxLife > 0 ? first === 0 : first !== 0);
}
