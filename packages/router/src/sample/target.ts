/** Parts of a request target (RFC 9112 §3.2) as HAProxy's fetches see them; undefined is "not found". */

/** From the first `/` of the path to the end. None in `*`, in an authority (CONNECT) and in `http://host`. */
export function pathAndQuery(target: string): string | undefined {
  if (target.startsWith('/')) return target;
  const scheme = target.indexOf('://');
  if (scheme < 0) return undefined;
  const slash = target.indexOf('/', scheme + 3);
  if (slash < 0) return undefined;
  const question = target.indexOf('?', scheme + 3);
  return question >= 0 && question < slash ? undefined : target.slice(slash);
}

/** The path, without the query. */
export function pathOf(target: string): string | undefined {
  const path = pathAndQuery(target);
  if (path === undefined) return undefined;
  const question = path.indexOf('?');
  return question < 0 ? path : path.slice(0, question);
}

/** What follows the first `?`: empty for `/x?`, not found without one. */
export function queryOf(target: string): string | undefined {
  const question = target.indexOf('?');
  return question < 0 ? undefined : target.slice(question + 1);
}
