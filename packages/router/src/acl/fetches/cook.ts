import type { RequestFacts } from '../../facts.ts';
import type { Fetch, Reader } from '../fetch.ts';
import { someCookie } from '../lists.ts';

/** The values of a request cookie over all Cookie lines, or of every cookie without a name: `cook([NAME])`. An empty value is no cookie. */
export const cook: Fetch = { needs: 'request', type: 'string', compile: cookies };

function cookies(args: readonly string[]): Reader<RequestFacts, string> | string {
  const [name = '', ...more] = args;
  if (more.length > 0) return 'takes a cookie name: cook(NAME)';
  return (test) => (facts) => {
    for (const line of facts.header('cookie')) if (someCookie(line, name, test)) return true;
    return false;
  };
}
