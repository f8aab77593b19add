import { readFileSync } from 'node:fs';
import { Problems } from '@headgate/shared/config/problem';
import type { Loaded } from '@headgate/shared/process/product';
import { compile } from './compile.ts';
import { readConfig } from './read.ts';
import { hostMaxConn } from './host-maxconn.ts';
import type { Snapshot } from './snapshot.ts';

/** Reads and compiles the configuration files of the router, haproxy.cfg or YAML. Never throws for what they hold. */
export async function loadConfig(files: readonly string[]): Promise<Loaded<Snapshot>> {
  const problems = new Problems();
  const raw = readConfig(files, process.env, problems);
  const host = hostMaxConn(readFile('/proc/self/limits'));
  return compile(raw, host === undefined ? { readFile } : { readFile, hostMaxConn: host }, problems);
}

function readFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
