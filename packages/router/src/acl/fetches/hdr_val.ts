import { headerItems } from '../header-fetch.ts';
import { integersOf } from '../integers.ts';
import type { Fetch } from '../fetch.ts';

/** The items of a header as integers. */
export const hdrVal: Fetch = { needs: 'request', type: 'integer', compile: integersOf(headerItems) };
