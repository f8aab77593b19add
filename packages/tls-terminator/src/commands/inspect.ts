import { configurationFiles } from '@headgate/shared/process/files';
import { formatProblem } from '@headgate/shared/config/problem';
import type { Command, Loaded } from '@headgate/shared/process/product';
import { WRONG_USAGE, type Usage } from '@headgate/shared/process/usage';
import { DEFAULT_FILES, FILE_ENDINGS } from '../config/default-files.ts';
import { loadConfig } from '../config/load.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { inspectServices, type Inspected, type Outcome } from './inspect/handshakes.ts';
import { SUMMARIES } from './summaries.ts';
import { usage as own } from './usage.ts';

const USAGE = 'inspect [-f FILE] [--service NAME] [--json] [HOST…]';
const HELP = `${SUMMARIES.inspect}

  -f FILE          configuration file; may be repeated
  --service NAME   this service alone; may be repeated
  --json           print JSON, with all names
  HOST             the names to request (default: one of each certificate and its settings)

Real handshakes are done with the configuration, on addresses of this machine that the system chooses; the addresses of the
configuration and the servers in it are left alone. Exit code 1: the configuration is wrong.`;

/** Names that are printed of one certificate. */
const MOST_NAMES = 5;

interface InspectParts {
  readonly usage: Usage;
  readonly defaultFiles: readonly string[];
  readonly fileEndings: readonly string[];
  readonly load: (files: readonly string[]) => Promise<{
    /** Undefined: it is wrong. */
    readonly snapshot: Snapshot | undefined;
    readonly problems: Loaded<Snapshot>['problems'];
  }>;
}

/** `inspect`, for the terminator and for both halves. */
export function inspectCommand({ usage, defaultFiles, fileEndings, load }: InspectParts): Command {
  return {
    summary: SUMMARIES.inspect,
    async run(args, io) {
      if (usage.helped(args, USAGE, HELP, io)) return 0;
      const options = {
        file: { type: 'string', short: 'f', multiple: true },
        service: { type: 'string', multiple: true },
        json: { type: 'boolean' },
      } as const;
      const parsed = usage.parse({ args: [...args], options, allowPositionals: true }, USAGE, io);
      if (parsed === undefined) return WRONG_USAGE;
      const { file = [], service = [], json = false } = parsed.values;
      const files = configurationFiles(file, defaultFiles, fileEndings);
      if (files.length === 0) return usage.wrong('no configuration file: give one with -f FILE', USAGE, io);
      const { snapshot, problems } = await load(files);
      for (const problem of problems) if (problem.severity === 'error') io.err(`${formatProblem(problem)}\n`);
      if (snapshot === undefined) return 1;
      const unknown = service.find((name) => snapshot.services.every((each) => each.name !== name));
      if (unknown !== undefined) return usage.wrong(`there is no service '${unknown}'`, USAGE, io);
      const found = await inspectServices(snapshot, service, parsed.positionals);
      io.out(json ? `${JSON.stringify(found, null, 2)}\n` : found.map(textOf).join('\n'));
      return 0;
    },
  };
}

export const inspect = inspectCommand({
  usage: own,
  defaultFiles: DEFAULT_FILES,
  fileEndings: FILE_ENDINGS,
  load: (files) => loadConfig(files),
});

function textOf({ service, names, clientCertificate, outcomes }: Inspected): string {
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  const listed = names.length === 0 ? 'no name' : names.slice(0, MOST_NAMES).join(', ') + more;
  const asked = clientCertificate === 'none' ? '' : `; a certificate of the client is ${clientCertificate}`;
  const rows = outcomes.map((outcome) => [outcome.client, ...cells(outcome)]);
  const served = rows.filter((row) => row.length > 2);
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(0, ...(column === 0 ? rows : served).map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) =>
    row.length === 2
      ? `  ${(row[0] ?? '').padEnd(widths[0] ?? 0)}  ${row[1]}`
      : `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
  return [`service ${service}: ${listed}${asked}`, ...lines, ''].join('\n');
}

function cells({ refused, version, cipher, group, protocol, file, key }: Outcome): readonly string[] {
  if (refused !== undefined) return [`refused: ${refused}`];
  return [version, cipher, group, protocol === '' ? '-' : protocol, `${key} ${file}`];
}
