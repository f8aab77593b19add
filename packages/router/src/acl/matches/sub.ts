import { anyText, textMatch } from '../match.ts';
import type { Match } from '../match.ts';

/** Anywhere in the sample. */
export const sub: Match = textMatch((texts) => anyText(texts, (sample, text) => sample.includes(text)));
