import type { RequestFacts } from '../model/facts.ts';
import type { Reader } from './fetch.ts';
import { someParameter } from './lists.ts';

/**
 * A fetch over the values of a parameter of the query, not decoded. With a delimiter the parameters start after its first
 * occurrence in the target: `urlp(j,;)` reads `/a;j=9`.
 */
export function parameters(args: readonly string[]): Reader<RequestFacts, string> | string {
  const [name = '', delimiter = '?', ...more] = args;
  if (more.length > 0 || delimiter.length !== 1) return 'takes a name and, if wanted, a delimiter of one character';
  return (test) =>
    ({ target }) => {
      const start = target.indexOf(delimiter);
      return start >= 0 && someParameter(target.slice(start + 1), name, delimiter, test);
    };
}
