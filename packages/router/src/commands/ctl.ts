import { ask } from '@headgate/shared/admin/ask';
import type { Command } from '@headgate/shared/process/product';
import { explainFailure } from '@headgate/shared/process/start-failure';
import { WRONG_USAGE } from '@headgate/shared/process/usage';
import { controlAddress } from './control-address.ts';
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
  /^(?:[^]*\n)?(?:Permission denied|Unknown command|Not reloaded|Not handed over|Not deployed|No such |Require|Can't find|\{"done":false|'[^']+' is not supported)/;

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
    const address = await controlAddress(socket, file, io);
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

/** A word as the control socket reads words. */
export function escaped(word: string): string {
  return word.replaceAll(/[\s;\\]/g, (char) => `\\${char}`);
}
