import { single } from '../fetch.ts';
import type { Fetch } from '../fetch.ts';

/** The request is HTTP: always, what is not never reaches a rule. */
export const reqProtoHttp: Fetch = { needs: 'request', type: 'boolean', compile: single(() => true) };
