import type { CommandIo } from '@headgate/shared/process/product';
import type { Bundle } from '../../certificate/bundle.ts';
import { formatFinding } from '../../certificate/finding.ts';
import type { Finding } from '../../certificate/finding.ts';
import { writeFileAtomically } from '../../certificate/write.ts';

/** Findings name options of the configuration; here the same things are options of the command. */
const ON_THE_COMMAND_LINE: Readonly<Record<string, string>> = {
  "'keyPassFile'": '--pass-file',
  "or name its file with 'key'": "or name its file too ('cert inspect --key FILE', 'cert bundle FILE...')",
};

/** Says every finding on standard error, errors and warnings alike. */
export function report(findings: readonly Finding[], io: CommandIo): void {
  for (const finding of findings) {
    let text = formatFinding(finding);
    for (const [option, here] of Object.entries(ON_THE_COMMAND_LINE)) text = text.replace(option, here);
    io.err(`${finding.severity === 'warning' ? 'warning: ' : ''}${text}\n`);
  }
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
