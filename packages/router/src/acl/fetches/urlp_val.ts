import { parameters } from '../parameter-fetch.ts';
import { integersOf } from '../integers.ts';
import type { Fetch } from '../fetch.ts';

/** The values of a parameter of the query as integers. */
export const urlpVal: Fetch = { needs: 'request', type: 'integer', compile: integersOf(parameters) };
