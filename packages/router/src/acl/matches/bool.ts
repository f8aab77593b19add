import type { Match } from '../match.ts';

/** The sample is true, or an integer other than 0. */
export const bool: Match = { takes: 'boolean', patterns: false, compile: () => (sample) => sample };
