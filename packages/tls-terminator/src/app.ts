import type { ProcessLogTarget } from '@headgate/shared/log/process-log';
import type { Product, Reloadable, StartContext } from '@headgate/shared/process/product';
import { soon } from '@headgate/shared/process/exit';
import { readProcessLimits } from '@headgate/shared/process/open-files';
import { versionOf } from '@headgate/shared/process/version';
import { ControlledTerminator } from './admin/controlled-terminator.ts';
import { commands } from './commands/commands.ts';
import { DEFAULT_FILES, FILE_ENDINGS } from './config/default-files.ts';
import { loadConfig } from './config/load.ts';
import type { Logging, Snapshot } from './model/snapshot.ts';
import { changesOf } from './run/changes.ts';
import { TerminatorRuntime, type RuntimeParts } from './run/terminator-runtime.ts';

/** The terminator as a program: see shared/process/main.ts for what it is run by. */
export const app: Product<Snapshot> = {
  name: 'headgate-terminator',
  title: 'headgate-terminator',
  version: versionOf(import.meta.resolve('@headgate/tls-terminator/package.json')),
  summary: "Accepts TLS and forwards plain bytes, with stunnel's words; says who is calling (PROXY protocol).",
  help: [
    'Examples:',
    '  headgate-terminator -f configs/tls-terminator.yaml',
    '  headgate-terminator -f /etc/stunnel/stunnel.conf     the original file, read as it is',
    '  headgate-terminator check -f FILE                    says everything that is wrong, and starts nothing',
  ].join('\n'),
  defaultFiles: DEFAULT_FILES,
  fileEndings: FILE_ENDINGS,
  load: (files, reads) => loadConfig(files, reads),
  changes: changesOf,
  settings: ({ process: settings, identity, logging }) => ({ ...settings, identity, log: logTargets(logging) }),
  start: startTerminator,
  commands,
};

/** `output` and `syslog`, for the start and the stop in the background. */
function logTargets({ output, syslog, facility, tag }: Logging): readonly ProcessLogTarget[] {
  const all = { facility, tag, maxSeverity: 'debug', minSeverity: 'emerg' } as const;
  const targets: ProcessLogTarget[] = [];
  if (output !== undefined)
    targets.push({
      ...all,
      transport: { kind: 'file', path: output },
      format: 'raw',
      maxLength: Number.POSITIVE_INFINITY,
    });
  if (syslog)
    targets.push({
      ...all,
      transport: { kind: 'udp', host: '127.0.0.1', port: 514 },
      format: 'local',
      maxLength: 1024,
    });
  return targets;
}

/** `failed` is called for every handshake that failed. */
export async function startTerminator(
  snapshot: Snapshot,
  context: StartContext,
  failed?: RuntimeParts['failed'],
): Promise<Reloadable<Snapshot> & Pick<TerminatorRuntime, 'drain'>> {
  const { logger, renew, crew, handed } = context;
  const terminator = new TerminatorRuntime({ logger, processLimits: readProcessLimits(), renew, crew, handed, failed });
  // Workers have no control sockets: the primary has, and what it changes they apply.
  const controlled = crew === undefined || crew.number === 0;
  const runtime = controlled ? new ControlledTerminator(terminator, { ...context, version: app.version }) : terminator;
  try {
    await runtime.apply(snapshot);
    return runtime;
  } catch (error) {
    await soon(runtime.close());
    throw error;
  }
}
