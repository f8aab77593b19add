import { headerCount } from '../header-fetch.ts';
import type { Fetch } from '../fetch.ts';

/** How many lines a header has. */
export const reqFhdrCnt: Fetch = { needs: 'request', type: 'integer', compile: headerCount((lines) => lines.length) };
