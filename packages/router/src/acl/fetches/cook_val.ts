import { cookies } from '../cookie-fetch.ts';
import { integersOf } from '../integers.ts';
import type { Fetch } from '../fetch.ts';

/** The values of a request cookie as integers. */
export const cookVal: Fetch = { needs: 'request', type: 'integer', compile: integersOf(cookies) };
