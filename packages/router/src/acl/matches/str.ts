import { textMatch } from '../match.ts';
import type { Match } from '../match.ts';

/** The whole sample. */
export const str: Match = textMatch((texts) => {
  const [only] = texts;
  if (only !== undefined && texts.length === 1) return (sample) => sample === only;
  const set = new Set(texts);
  return (sample) => set.has(sample);
});
