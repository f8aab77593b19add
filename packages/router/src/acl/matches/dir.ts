import { delimitedMatch } from '../delimited.ts';
import type { Match } from '../match.ts';

/** Whole path components, one or several: between `/`, `?` (measured; the manual names `/` only) or the ends. */
export const dir: Match = delimitedMatch('/?');
