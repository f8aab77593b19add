import type { Match } from '../match.ts';

/** There is a sample, even an empty one. */
export const found: Match = { takes: 'anything', patterns: false, compile: () => () => true };
