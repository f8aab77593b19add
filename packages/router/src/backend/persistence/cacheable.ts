import { itemsOf } from '../../sample/lists.ts';

/**
 * Whether a cache on the way may keep an answer (HAProxy's view, RFC 9111 §3): such an answer would give one client's cookie to
 * others.
 */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
const BY_DEFAULT: ReadonlySet<number> = new Set([200, 203, 204, 206, 300, 301, 404, 405, 410, 414, 501]);
const NEVER: ReadonlySet<string> = new Set(['private', 'no-cache', 'no-store', 'max-age=0', 's-maxage=0']);

/** Without one of these, or a lifetime, caches keep nothing. */
const VALIDATORS = ['expires', 'etag', 'last-modified'];

/** `header`: the values of every line with this lower-case name. */
export function isCacheable(method: string, status: number, header: (name: string) => readonly string[]): boolean {
  if (status < 200) return false;
  if (header('pragma')[0]?.toLowerCase() === 'no-cache') return false;
  let cacheable = SAFE.has(method) && BY_DEFAULT.has(status);
  let dated = VALIDATORS.some((name) => header(name).length > 0);
  for (const directive of itemsOf(header('cache-control'))) {
    const word = directive.toLowerCase();
    if (word === 'public') cacheable = true;
    else if (NEVER.has(word)) cacheable = false;
    else if (word.startsWith('max-age') || word.startsWith('s-maxage')) dated = true;
  }
  return cacheable && dated;
}

/** `option checkcache`: whether a cache that keeps the answer keeps its cookies with it. */
export function sharesCookies(method: string, status: number, header: (name: string) => readonly string[]): boolean {
  if (header('set-cookie').length === 0 || !isCacheable(method, status, header)) return false;
  let shared = true;
  for (const directive of itemsOf(header('cache-control'))) {
    const word = directive.toLowerCase();
    if (word === 'public') shared = true;
    else if (word.startsWith('no-cache="set-cookie')) shared = false;
  }
  return shared;
}
