import { headerItems } from '../header-fetch.ts';
import type { Fetch } from '../fetch.ts';

/** The comma-separated items of every line of a header: `hdr(NAME[,OCC])`. */
export const hdr: Fetch = { needs: 'request', type: 'string', compile: headerItems };
