import { existsSync, readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';

/** `-f -`: standard input, under the same name in messages. */
export const STANDARD_INPUT = '-';

/**
 * The files to read: those given, with a directory expanded to its files with one of `endings` (`.yaml`), sorted by name, without hidden ones
 * (HAProxy's `-f DIR`); or the first default that exists. Empty when none exists. A directory that
 * cannot be listed is kept, so that reading it reports why.
 */
export function configurationFiles(
  given: readonly string[],
  defaults: readonly string[],
  endings: readonly string[],
): readonly string[] {
  const found = given.length > 0 ? given : defaults.filter((file) => existsSync(file)).slice(0, 1);
  return found.flatMap((path) => expandFolder(path, endings));
}

function expandFolder(path: string, endings: readonly string[]): readonly string[] {
  if (path === STANDARD_INPUT) return [path];
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path)
      .filter((name) => !name.startsWith('.') && endings.includes(extname(name)))
      .toSorted()
      .map((name) => join(path, name));
  } catch {
    return [path];
  }
}

/** `.yaml, .yml or .cfg`. */
export function listEndings(endings: readonly string[]): string {
  return endings.length < 2 ? endings.join() : `${endings.slice(0, -1).join(', ')} or ${endings.at(-1)}`;
}
