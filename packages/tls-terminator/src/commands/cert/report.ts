import { formatFinding } from '../../certificate/finding.ts';
import type { Finding } from '../../certificate/finding.ts';
import type { Io } from '../usage.ts';

/** Says every finding on standard error, errors and warnings alike. */
export function report(findings: readonly Finding[], io: Io): void {
  for (const finding of findings) io.err(`${finding.severity === 'warning' ? 'warning: ' : ''}${formatFinding(finding)}\n`);
}

/** What to say about a file that could not be written or read. */
export function failure(error: unknown, io: Io): number {
  io.err(`tls-terminator: ${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
}
