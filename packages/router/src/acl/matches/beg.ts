import { anyText, textMatch } from '../match.ts';
import type { Match } from '../match.ts';

/** The beginning of the sample. */
export const beg: Match = textMatch((texts) => anyText(texts, (sample, text) => sample.startsWith(text)));
