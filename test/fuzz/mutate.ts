import { PIECES, REQUESTS } from './corpus.ts';
import type { Random } from './random.ts';

/** A request of the corpus, changed in one to six places. */
export function mutant(random: Random, corpus: readonly string[] = REQUESTS): string {
  let text = random.pick(corpus);
  const times = 1 + random.below(random.chance(4) ? 6 : 2);
  for (let n = 0; n < times; n += 1) text = change(random, text, corpus);
  return text;
}

function change(random: Random, text: string, corpus: readonly string[]): string {
  const at = random.below(text.length + 1);
  switch (random.below(8)) {
    case 0:
      return text.slice(0, at) + random.pick(PIECES) + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + random.below(3));
    case 2:
      return text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + 1);
    case 3:
      return atLine(random, text, random.pick(PIECES.filter((piece) => piece.endsWith('\r\n'))));
    case 4:
      return text.slice(0, at) + random.pick(PIECES) + text.slice(at + 1);
    case 5: {
      const to = Math.min(text.length, at + random.below(20));
      return text.slice(0, to) + text.slice(at);
    }
    case 6:
      return text + random.pick(corpus);
    default:
      return (
        text.slice(0, at) +
        (text[at]?.toUpperCase() === text[at] ? text[at]?.toLowerCase() : text[at]?.toUpperCase()) +
        text.slice(at + 1)
      );
  }
}

/** Inserts `line` after one of the line endings. */
function atLine(random: Random, text: string, line: string): string {
  const ends = [...text.matchAll(/\r\n/g)].map(({ index }) => index + 2);
  const at = ends.length === 0 ? 0 : random.pick(ends);
  return text.slice(0, at) + line + text.slice(at);
}
