import { configurationFiles } from '../process/files.ts';
import type { Command, CommandIo, Loaded } from '../process/product.ts';
import type { Usage } from '../process/usage.ts';
import { WRONG_USAGE } from '../process/usage.ts';
import { Findings } from './finding.ts';
import { examineMachine } from './machine.ts';
import { exitCodeFor, findingsOf, reportJson, reportText } from './report.ts';

const USAGE = 'doctor [-f FILE] [--websocket PATH] [--host NAME] [--json]';

/** What differs between the doctors of programs. */
export interface Doctor<Snapshot> {
  readonly summary: string;
  readonly usage: Usage;
  readonly defaultFiles: readonly string[];
  readonly fileEndings: readonly string[];
  load(files: readonly string[]): Promise<Loaded<Snapshot>>;
  /** Looks at everything that the configuration names. */
  examine(snapshot: Snapshot, question: Question, findings: Findings): Promise<void>;
}

export interface Question {
  /** A path at which there is a WebSocket; undefined: none is tried. */
  readonly webSocket: string | undefined;
  /** The host name to ask for. */
  readonly host: string | undefined;
}

/** `doctor`: looks at what the configuration names as it is now: the other half, servers, certificates, limits. */
export function doctorCommand<Snapshot>(doctor: Doctor<Snapshot>): Command {
  const { usage, summary } = doctor;
  const help = `${summary}

  -f FILE            configuration file; may be repeated
  --websocket PATH   also open a WebSocket at this path
  --host NAME        the host name to ask for (default: one that the configuration names)
  --json             print the findings as one JSON object

Only harmless requests are sent: OPTIONS /, and a WebSocket handshake where a path is given. Exit codes: 0 nothing is
wrong, 1 something does not work, 2 wrong usage, 3 warnings only.`;
  return {
    summary,
    async run(args, io) {
      if (usage.helped(args, USAGE, help, io)) return 0;
      const parsed = usage.parse(
        {
          args: [...args],
          options: {
            file: { type: 'string', short: 'f', multiple: true },
            websocket: { type: 'string' },
            host: { type: 'string' },
            json: { type: 'boolean' },
          },
        },
        USAGE,
        io,
      );
      if (parsed === undefined) return WRONG_USAGE;
      const { file = [], websocket, host, json = false } = parsed.values;
      if (websocket !== undefined && !/^\/[\x21-\x7e]*$/.test(websocket))
        return usage.wrong(`'${websocket}' is not a path`, USAGE, io);
      const files = configurationFiles(file, doctor.defaultFiles, doctor.fileEndings);
      if (files.length === 0) return usage.wrong('no configuration file: give one with -f FILE', USAGE, io);
      return report(doctor, files, { webSocket: websocket, host }, json, io);
    },
  };
}

async function report<Snapshot>(
  doctor: Doctor<Snapshot>,
  files: readonly string[],
  question: Question,
  json: boolean,
  io: CommandIo,
): Promise<number> {
  const findings = new Findings();
  const { snapshot, problems } = await doctor.load(files);
  findings.list.push(...findingsOf(problems));
  if (problems.length === 0) findings.ok('configuration', files.join(', '));
  examineMachine(files, findings);
  if (snapshot !== undefined) await doctor.examine(snapshot, question, findings);
  io.out(json ? reportJson(findings.list) : reportText(findings.list));
  return exitCodeFor(findings.list);
}
