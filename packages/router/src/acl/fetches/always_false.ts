import { single } from '../fetch.ts';
import type { Fetch } from '../fetch.ts';

/** False. */
export const alwaysFalse: Fetch = {
  needs: 'connection',
  type: 'boolean',
  compile: single(() => false),
};
