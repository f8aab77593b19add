import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const COUNTER = new URL('../programs/count-collections.mjs', import.meta.url);

/** Makes a command that starts Node count its young-generation collections in the file; other commands are unchanged. */
export function countingCollections(
  command: readonly [string, ...string[]],
  file: string,
): { readonly command: readonly [string, ...string[]]; readonly env: Readonly<Record<string, string>> } {
  const [program, ...args] = command;
  if (program !== process.execPath) return { command, env: {} };
  return {
    command: [program, '--import', fileURLToPath(COUNTER), ...args],
    env: { HEADGATE_BENCH_COLLECTIONS: file },
  };
}

/** The total so far, over all files; undefined where no program counts. */
export function collections(files: readonly string[]): number | undefined {
  return files.length === 0
    ? undefined
    : files.reduce((sum, file) => sum + (Number(readFileSync(file, 'utf8')) || 0), 0);
}
