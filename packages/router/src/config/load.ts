import { Problems } from '@headgate/shared/config/problem';
import { readProcessLimits } from '@headgate/shared/process/open-files';
import type { Loaded } from '@headgate/shared/process/product';
import { compile } from './compile.ts';
import { fileKind, fileText, readConfig } from './read.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** Reads and compiles the configuration files of the router, haproxy.cfg or YAML. Never throws for what they hold. */
export async function loadConfig(files: readonly string[]): Promise<Loaded<Snapshot>> {
  const problems = new Problems();
  const raw = readConfig(files, process.env, problems);
  const environment = (name: string): string | undefined => process.env[name];
  return compile(raw, { readFile: fileText, fileKind, environment, limits: readProcessLimits() }, problems);
}
