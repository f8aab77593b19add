import { delimitedMatch } from '../delimited.ts';
import type { Match } from '../match.ts';

/** Whole labels of a host name, anywhere in it: between `.`, `:`, `/`, `?` or the ends. `dom a` also holds for `a.attacker.tld`. */
export const dom: Match = delimitedMatch('.:/?');
