import type { CommandIo } from '@headgate/shared/process/product';
import type { Bundle } from '../../certificate/bundle.ts';
import { formatFinding } from '../../certificate/finding.ts';
import type { Finding } from '../../certificate/finding.ts';
import { writeFileAtomically } from '../../certificate/write.ts';

/** Says every finding on standard error, errors and warnings alike. */
export function report(findings: readonly Finding[], io: CommandIo): void {
  for (const finding of findings)
    io.err(`${finding.severity === 'warning' ? 'warning: ' : ''}${formatFinding(finding)}\n`);
}

/** Says what was found and, when that allows it, writes key and chain to `out`. Returns the exit code. */
export async function deliver(
  out: string,
  { bundle, findings }: { readonly bundle: Bundle | undefined; readonly findings: readonly Finding[] },
  io: CommandIo,
): Promise<number> {
  report(findings, io);
  if (bundle === undefined) return 1;
  await writeFileAtomically(out, bundle.keyPem + bundle.certPem, 0o600);
  io.out(`wrote ${out}: the key, then ${bundle.chain.length} certificate(s), leaf first\n`);
  return 0;
}

/** What to say about a file that could not be written or read. */
export function failure(error: unknown, io: CommandIo): number {
  io.err(`headgate-terminator: ${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
}
