import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The files to read: those given, a folder standing for every `.yaml`, `.yml`, `.cfg` and `.conf` in it by name
 * (HAProxy's `-f DIR`), or the first default that exists. Empty when there is nothing to read.
 */
export function configurationFiles(given: readonly string[], defaults: readonly string[]): readonly string[] {
  if (given.length > 0) return given.flatMap(expandFolder);
  const found = defaults.find((file) => existsSync(file));
  return found === undefined ? [] : expandFolder(found);
}

function expandFolder(path: string): string[] {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [path];
  return readdirSync(path)
    .filter((name) => /^[^.].*\.(ya?ml|cfg|conf)$/.test(name))
    .toSorted()
    .map((name) => join(path, name));
}
