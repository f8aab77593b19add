import { single } from '../fetch.ts';
import type { Fetch } from '../fetch.ts';

/** True. */
export const alwaysTrue: Fetch = {
  needs: 'connection',
  type: 'boolean',
  compile: single(() => true),
};
