import type { RequestFacts } from '../../model/facts.ts';
import { cookies } from '../cookie-fetch.ts';
import type { Fetch, Reader } from '../fetch.ts';

/** How often a cookie is in the request: `cook_cnt([NAME])`. */
export const cookCnt: Fetch = { needs: 'request', type: 'integer', compile: countCookies };

function countCookies(args: readonly string[]): Reader<RequestFacts, number> | string {
  const values = cookies(args);
  if (typeof values === 'string') return values;
  return (test) => (facts) => {
    let count = 0;
    values(() => {
      count += 1;
      return false;
    })(facts);
    return test(count);
  };
}
