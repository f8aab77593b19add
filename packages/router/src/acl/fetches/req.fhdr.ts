import { headerLines } from '../header-fetch.ts';
import type { Fetch } from '../fetch.ts';

/** The whole lines of a header: `req.fhdr(NAME[,OCC])`. */
export const reqFhdr: Fetch = { needs: 'request', type: 'string', compile: headerLines };
