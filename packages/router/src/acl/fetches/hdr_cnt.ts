import { headerCount, itemsOf } from '../header-fetch.ts';
import type { Fetch } from '../fetch.ts';

/** How many comma-separated items a header has: an empty line has one, an absent header none. */
export const hdrCnt: Fetch = {
  needs: 'request',
  type: 'integer',
  compile: headerCount((lines) => itemsOf(lines).length),
};
