import { readFileSync } from 'node:fs';
import { Problems, inOrder } from '@headgate/shared/config/problem';
import type { Loaded } from '@headgate/shared/process/product';
import { compile } from './compile.ts';
import { readConfig } from './read.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Reads and compiles the configuration files of the router, haproxy.cfg or YAML. Never throws for what they hold.
 * When no section could be read there is nothing to compile, and only that is told.
 */
export async function loadConfig(files: readonly string[]): Promise<Loaded<Snapshot>> {
  const problems = new Problems();
  const raw = readConfig(files, process.env, problems);
  if (raw.sections.length === 0 && problems.hasErrors) return { snapshot: undefined, problems: problems.list };
  const compiled = compile(raw, { readFile });
  const all = inOrder([...problems.list, ...compiled.problems]);
  return { snapshot: problems.hasErrors ? undefined : compiled.snapshot, problems: all };
}

function readFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
