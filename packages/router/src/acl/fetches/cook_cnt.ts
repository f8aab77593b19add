import type { RequestFacts } from '../../facts.ts';
import type { Fetch, Reader } from '../fetch.ts';
import { someCookie } from '../lists.ts';

/** How often a cookie is in the request, over all Cookie lines: `cook_cnt([NAME])`. */
export const cookCnt: Fetch = { needs: 'request', type: 'integer', compile: countCookies };

function countCookies(args: readonly string[]): Reader<RequestFacts, number> | string {
  const [name = '', ...more] = args;
  if (more.length > 0) return 'takes a cookie name: cook_cnt(NAME)';
  return (test) => (facts) => {
    let count = 0;
    for (const line of facts.header('cookie')) {
      someCookie(line, name, () => {
        count += 1;
        return false;
      });
    }
    return test(count);
  };
}
