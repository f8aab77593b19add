import { statSync } from 'node:fs';
import { openFiles, readProcessLimits } from '../process/open-files.ts';
import type { Findings } from './finding.ts';

/** Fewer open files than this are too few for a public server. */
const FEW = 4096;
/** Milliseconds by which a file may seem to come from the future. */
const TOLERANCE = 60_000;

/** The limit of open files, and the clock. */
export function examineMachine(files: readonly string[], findings: Findings): void {
  const limit = openFiles(readProcessLimits());
  if (limit !== undefined && limit < FEW)
    findings.add(
      'warning',
      'limits',
      `a process may have ${limit} open files here: about ${Math.floor(limit / 2)} connections`,
      'raise it where the program is started: LimitNOFILE=65536 (systemd), ulimits (Compose), ulimit -n (shell)',
    );
  else findings.ok('limits', `${limit === undefined || limit === Infinity ? 'no limit of' : limit} open files`);
  const now = Date.now();
  const newest = files
    .map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0)
    .toSorted((a, b) => b - a)[0];
  if (newest !== undefined && newest > now + TOLERANCE)
    findings.add(
      'error',
      'clock',
      `it is ${new Date(now).toISOString()} here, and the configuration was written at ${new Date(newest).toISOString()}`,
      'set the clock (timedatectl set-ntp true): certificates look expired or not yet valid with a wrong one',
    );
  else findings.ok('clock', new Date(now).toISOString());
}
