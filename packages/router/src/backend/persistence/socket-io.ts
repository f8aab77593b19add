/** What socket.io's requests and answers say of their session (engine.io protocol, revisions 3 and 4). Pure. */
import { someParameter } from '../../sample/lists.ts';

/** How far into an answer its session id is looked for: the open packet comes first. */
const OPENING = 512;

/** Whether a target is socket.io's: its path, with or without the slash at its end, and perhaps a query. */
export function isSocketIo(target: string, path: string): boolean {
  if (!target.startsWith(path)) return false;
  const next = target.charAt(path.length);
  return next === '' || next === '/' || next === '?';
}

/** The session that a request belongs to; undefined for the one that opens it. */
export function sessionOf(target: string): string | undefined {
  const query = target.indexOf('?');
  if (query < 0) return undefined;
  let found: string | undefined;
  someParameter(target.slice(query + 1), 'sid', '&', (value) => {
    found = value;
    return true;
  });
  return found;
}

/**
 * Reads the body of the answer that opens a session, as it passes, and reports the session's id once:
 * `0{"sid":"Cd3…","upgrades":…`.
 */
export function openingReader(report: (id: string) => void): (chunk: Buffer) => void {
  let text = '';
  let over = false;
  return (chunk) => {
    if (over) return;
    text += chunk.toString('latin1', 0, OPENING - text.length);
    const id = /0\{"sid":"([\w-]{1,64})"/.exec(text)?.[1];
    over = id !== undefined || text.length >= OPENING;
    if (id !== undefined) report(id);
  };
}
