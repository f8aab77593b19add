import { anyText, textMatch } from '../match.ts';
import type { Match } from '../match.ts';

/** The end of the sample. */
export const end: Match = textMatch((texts) => anyText(texts, (sample, text) => sample.endsWith(text)));
