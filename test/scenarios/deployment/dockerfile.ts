/** One image of a Dockerfile: its instructions in order, with continuation lines joined and comments removed. */
export interface Stage {
  readonly name: string;
  readonly instructions: readonly { readonly word: string; readonly text: string }[];
}

/** Reads the stages of a Dockerfile, by name. Supports the subset our Dockerfile uses. */
export function readStages(text: string): ReadonlyMap<string, Stage> {
  const stages = new Map<string, { name: string; instructions: { word: string; text: string }[] }>();
  let current: { name: string; instructions: { word: string; text: string }[] } | undefined;
  for (const line of text.split('\n')) {
    const [, word = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (word === 'FROM') {
      const name = / AS (\S+)$/.exec(rest)?.[1] ?? rest;
      current = { name, instructions: [] };
      stages.set(name, current);
    }
    if (word !== '') current?.instructions.push({ word, text: rest });
  }
  return stages;
}

/** The words of the last instruction of a kind that is written as a JSON array (`ENTRYPOINT`, `CMD`, `HEALTHCHECK … CMD`). */
export function wordsOf(stage: Stage, word: string): readonly string[] {
  const text = stage.instructions.findLast((instruction) => instruction.word === word)?.text;
  const array = text === undefined ? undefined : /\[.*\]$/.exec(text)?.[0];
  if (array === undefined) return [];
  const words: unknown = JSON.parse(array);
  return Array.isArray(words) ? words.map(String) : [];
}
