import { rangeTest } from '../ranges.ts';
import type { Match } from '../match.ts';

/** Integers and ranges: `5`, `1:10`, `1024:`, `gt 3`. */
export const int: Match = { takes: 'integer', patterns: true, compile: rangeTest };
