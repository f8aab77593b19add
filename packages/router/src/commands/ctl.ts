import { ask, type ControlAddress } from '@headgate/shared/admin/ask';
import { configurationFiles } from '@headgate/shared/process/files';
import type { Command, CommandIo } from '@headgate/shared/process/product';
import { explainFailure } from '@headgate/shared/process/start-failure';
import { WRONG_USAGE } from '@headgate/shared/process/usage';
import { DEFAULT_FILES, FILE_ENDINGS } from '../config/default-files.ts';
import { loadConfig } from '../config/load.ts';
import type { ControlBind } from '../model/control.ts';
import { SUMMARIES } from './summaries.ts';
import { usage } from './usage.ts';

const USAGE = 'ctl [-s SOCKET | -f FILE] COMMAND [WORD...]';
const SUMMARY = SUMMARIES.ctl;
const HELP = `${SUMMARY}

  -s SOCKET  its control socket: a path, or HOST:PORT
  -f FILE    the configuration that names the socket ('stats socket'), when -s is not given

'ctl help' lists the commands. Exit code 1: the router cannot be reached, or refused.`;

/** How an answer begins that is a refusal. */
const REFUSED =
  /^(?:[^]*\n)?(?:Permission denied|Unknown command|Not reloaded|Not handed over|No such |Require|Can't find|'[^']+' is not supported)/;

export const ctl: Command = {
  summary: SUMMARY,
  async run(args, io) {
    const { options, words } = split(args);
    if (options.includes('--help') || options.includes('-h')) {
      io.out(`usage: headgate-router ${USAGE}\n${HELP}\n`);
      return 0;
    }
    const parsed = usage.parse(
      {
        args: [...options],
        options: { socket: { type: 'string', short: 's' }, file: { type: 'string', short: 'f', multiple: true } },
      },
      USAGE,
      io,
    );
    if (parsed === undefined) return WRONG_USAGE;
    if (words.length === 0) return usage.wrong('a command is needed', USAGE, io);
    const { socket, file = [] } = parsed.values;
    const address = socket === undefined ? await configured(file, io) : addressOf(socket);
    if (address === undefined) return 1;
    try {
      const answer = await ask(address, words.map(escaped).join(' '));
      io.out(answer.replace(/\n\n$/, '\n'));
      return REFUSED.test(answer) ? 1 : 0;
    } catch (error) {
      io.err(`headgate-router: ${explainFailure(error)}\n`);
      return 1;
    }
  },
};

/** Options end where the command begins: its words may look like options. */
function split(args: readonly string[]): { readonly options: readonly string[]; readonly words: readonly string[] } {
  let at = 0;
  while (args[at]?.startsWith('-') === true) at += /^(?:-[sf]|--socket|--file)$/.test(args[at] ?? '') ? 2 : 1;
  return { options: args.slice(0, at), words: args.slice(at) };
}

/** The socket of a configuration that allows the most. */
async function configured(given: readonly string[], io: CommandIo): Promise<ControlAddress | undefined> {
  const files = configurationFiles(given, DEFAULT_FILES, FILE_ENDINGS);
  const { snapshot } = files.length === 0 ? { snapshot: undefined } : await loadConfig(files);
  const binds = snapshot?.control.binds ?? [];
  const best = binds.find(({ level }) => level === 'admin') ?? binds[0];
  if (best !== undefined) return placeOf(best);
  const where = files.length === 0 ? 'no configuration file was found' : `${files.join(', ')} has no 'stats socket'`;
  io.err(`headgate-router: ${where}: give the control socket with -s\n`);
  return undefined;
}

function placeOf({ address }: ControlBind): ControlAddress {
  if (address.kind === 'unix') return { path: address.path };
  const host = address.host === '0.0.0.0' || address.host === '::' ? 'localhost' : address.host;
  return { host, port: address.port };
}

function addressOf(text: string): ControlAddress {
  const place = /^(?:ipv[46]@)?\[?([^/]*?)\]?:(\d{1,5})$/.exec(text);
  return place === null
    ? { path: text.replace(/^unix@/, '') }
    : { host: place[1] || 'localhost', port: Number(place[2]) };
}

/** A word as the control socket reads words. */
function escaped(word: string): string {
  return word.replaceAll(/[\s;\\]/g, (char) => `\\${char}`);
}
