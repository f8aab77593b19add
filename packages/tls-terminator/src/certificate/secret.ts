import type { Finding } from './finding.ts';
import { readSmallFile, type ReadFile } from './read.ts';

/** Reads a file of secrets, which only their owner should be able to read; undefined when it cannot be read. `what`: `keys`. */
export async function readSecret(
  file: string,
  what: string,
  findings: Finding[],
  read: ReadFile = readSmallFile,
): Promise<Buffer | undefined> {
  const contents = await read(file);
  if ('error' in contents) {
    findings.push({ severity: 'error', file, message: `cannot be read: ${contents.error}` });
    return undefined;
  }
  if (contents.worldAccessible)
    findings.push({
      severity: 'warning',
      file,
      message: `every user of this machine can read the ${what}: chmod 600 ${file}`,
    });
  return contents.data;
}
