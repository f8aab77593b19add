import { cookies } from '../cookie-fetch.ts';
import type { Fetch } from '../fetch.ts';

/** The values of a request cookie: `cook([NAME])`. */
export const cook: Fetch = { needs: 'request', type: 'string', compile: cookies };
