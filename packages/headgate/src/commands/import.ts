import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importText } from '@headgate/router/half';
import type { Snapshot } from '@headgate/router/half';
import { formatProblem } from '@headgate/shared/config/problem';
import type { Command, CommandIo } from '@headgate/shared/process/product';
import { Reads } from '@headgate/shared/process/reads';
import { MAX_CONFIGURATION, readRegularText } from '@headgate/shared/process/regular-file';
import { WRONG_USAGE } from '@headgate/shared/process/usage';
import { terminator, toYaml } from '@headgate/tls-terminator/half';
import { sorted } from '../config/files.ts';
import { NOWHERE } from '../config/load.ts';
import { socketIn } from '../config/sockets.ts';
import { servicesOf } from '../tls/services.ts';
import { SUMMARIES } from './summaries.ts';
import { usage } from './usage.ts';

const USAGE = 'import haproxy.cfg > headgate.yaml | import haproxy.cfg --out DIR [--sockets DIR]';
const HELP = `${SUMMARIES.import}
  --out DIR      write DIR/router.yaml and DIR/tls-terminator.yaml, for halves that run alone
  --sockets DIR  the folder of the sockets between them (default: ${NOWHERE})
Unsupported lines become comments with the reason; then the exit code is 1. A stunnel.conf is turned into YAML too.`;

/** `headgate import`: the same configuration in YAML, for `headgate` or for its halves alone. */
export const importBoth: Command = {
  summary: SUMMARIES.import,
  async run(args, io) {
    if (usage.helped(args, USAGE, HELP, io)) return 0;
    const options = { out: { type: 'string' }, sockets: { type: 'string' } } as const;
    const parsed = usage.parse({ args: [...args], options, allowPositionals: true }, USAGE, io);
    if (parsed === undefined) return WRONG_USAGE;
    const [file, ...more] = parsed.positionals;
    if (file === undefined || more.length > 0) return usage.wrong('expected one file', USAGE, io);
    const { out, sockets = NOWHERE } = parsed.values;
    if (sorted([file], new Reads()).terminator.length > 0) return stunnel(file, out, io);
    const text = readRegularText(file, MAX_CONFIGURATION);
    if (typeof text !== 'string') {
      io.err(`headgate: ${file} cannot be read: ${text?.unreadable}\n`);
      return 1;
    }
    const together = { privateSocket: socketIn(sockets), split: out !== undefined };
    const { yaml, complete, problems, snapshot } = importText(text, file, process.env, together);
    for (const problem of problems) io.err(`${formatProblem(problem)}\n`);
    if (yaml === undefined) return 1;
    if (out === undefined) {
      io.out(yaml);
      return complete ? 0 : 1;
    }
    return write(out, yaml, snapshot, file, io) && complete ? 0 : 1;
  },
};

function stunnel(file: string, out: string | undefined, io: CommandIo): Promise<number> {
  if (out === undefined) return terminator.commands['import']?.run([file], io) ?? Promise.resolve(WRONG_USAGE);
  return Promise.resolve(usage.wrong('--out is for a haproxy.cfg: a stunnel.conf is for one half', USAGE, io));
}

/** Writes the files of both halves, or none when one of them exists. */
function write(folder: string, router: string, snapshot: Snapshot | undefined, file: string, io: CommandIo): boolean {
  const { raw, problems } = snapshot === undefined ? { raw: undefined, problems: [] } : servicesOf(snapshot);
  for (const problem of problems) io.err(`${formatProblem(problem)}\n`);
  const terminating = raw === undefined ? undefined : toYaml(file, raw, HEADER);
  const files = [
    ['router.yaml', router] as const,
    ...(terminating === undefined ? [] : [['tls-terminator.yaml', terminating.text] as const]),
  ];
  const taken = files.map(([name]) => join(folder, name)).filter((path) => existsSync(path));
  if (taken.length > 0) {
    io.err(`headgate: ${taken.join(' and ')} exists already: nothing is written\n`);
    return false;
  }
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(folder, name), text, { flag: 'wx', mode: 0o640 });
  io.err(`headgate: wrote ${files.map(([name]) => join(folder, name)).join(' and ')}\n`);
  return terminating?.incomplete !== true && problems.every(({ severity }) => severity !== 'error');
}

const HEADER = `# The half of 'bind … ssl'. Start it as the same user as the router, whose sockets are for that user alone.
`;
