import type { RequestFacts } from '../model/facts.ts';
import type { Reader } from './fetch.ts';
import { someCookie } from './lists.ts';

/** A fetch over the values of a cookie on all Cookie lines, or of every cookie when no name is given. An empty value is no cookie. */
export function cookies(args: readonly string[]): Reader<RequestFacts, string> | string {
  const [name = '', ...more] = args;
  if (more.length > 0) return 'takes the name of a cookie';
  return (test) => (facts) => {
    for (const line of facts.header('cookie')) if (someCookie(line, name, test)) return true;
    return false;
  };
}
