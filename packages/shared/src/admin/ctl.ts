import { parseDuration } from '../config/units.ts';
import type { Command } from '../process/product.ts';
import { Usage, WRONG_USAGE } from '../process/usage.ts';
import { ask } from './ask.ts';
import { CONTROL_OPTIONS, type AtControl } from './control-address.ts';
import { lineOf } from './words.ts';

export interface CtlParts {
  /** `headgate-router`. */
  readonly program: string;
  readonly summary: string;
  readonly atControl: AtControl;
}

const USAGE = 'ctl [-s SOCKET | -f FILE] [--timeout TIME] [--json] [--experimental] COMMAND [WORD...]';
/** Milliseconds without an answer, and for commands that answer when they have done something that takes long. */
const [SILENCE, LONG_SILENCE] = [30_000, 300_000];
const LONG = /(?:^|;)\s*(?:reload|upgrade|deploy)\b/;

const EXPERIMENTAL = 'experimental-mode on; ';
/** Commands that answer only where something is wrong. */
const SILENT = /(?:^|; )set var /;

/** How an answer begins that is a refusal. */
const REFUSED =
  /^(?:[^]*\n)?(?:Permission denied|This command is restricted|Unknown command|Not reloaded|Not handed over|Not deployed|No such |No ongoing transaction|Require|Can't |\{"done":false|'[^']+' is not supported)/;

/** `ctl`: sends one line to the control socket of a running program. Standard input, when it is no terminal, follows `<<` as its payload. */
export function ctlCommand({ program, summary, atControl }: CtlParts): Command {
  const usage = new Usage(program);
  const help = `${summary}

  -s SOCKET       its control socket: a path, or HOST:PORT
  -f FILE         the configuration that names the socket ('stats socket'), when -s is not given
  --timeout TIME  how long to wait for an answer (default: 30s, and 5m for reload, upgrade and deploy)
  --json          adds 'json' to the command, for those that answer in JSON
  --experimental  sends 'experimental-mode on' before it

'ctl help' lists the commands. Exit code 1: the program cannot be reached, or refused; 75: it did not answer in time.`;
  return {
    summary,
    async run(args, io) {
      const { options, words } = split(args);
      if (options.includes('--help') || options.includes('-h')) {
        io.out(`usage: ${program} ${USAGE}\n${help}\n`);
        return 0;
      }
      const parsed = usage.parse(
        {
          args: [...options],
          options: {
            ...CONTROL_OPTIONS,
            timeout: { type: 'string' },
            json: { type: 'boolean' },
            experimental: { type: 'boolean' },
          },
        },
        USAGE,
        io,
      );
      if (parsed === undefined) return WRONG_USAGE;
      if (words.length === 0) return usage.wrong('a command is needed', USAGE, io);
      const { timeout, json, experimental } = parsed.values;
      const line = (experimental === true ? EXPERIMENTAL : '') + lineOf(json === true ? inJson(words) : words);
      const time =
        timeout === undefined ? { value: LONG.test(line) ? LONG_SILENCE : SILENCE } : parseDuration(timeout, 's');
      if (!('value' in time)) return usage.wrong(`--timeout: ${time.error}`, USAGE, io);
      if (time.value === 0) return usage.wrong('--timeout must be above 0', USAGE, io);
      return atControl(parsed.values, io, async (address) => {
        const limits = { silence: time.value };
        const said = await ask(address, words.at(-1) === '<<' ? `${line}\n${await payload()}\n` : line, limits);
        // What 'experimental-mode on' is answered with is an empty line.
        const answer = experimental === true ? said.replace(/^\n/, '') : said;
        io.out(answer.replace(/\n\n$/, '\n'));
        return REFUSED.test(answer) || (SILENT.test(line) && answer.trim() !== '') ? 1 : 0;
      });
    },
  };
}

/** A payload comes last. */
function inJson(words: readonly string[]): readonly string[] {
  return words.at(-1) === '<<' ? [...words.slice(0, -1), 'json', '<<'] : [...words, 'json'];
}

/** Standard input to its end. */
async function payload(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Options end where the command begins: its words may look like options. */
function split(args: readonly string[]): { readonly options: readonly string[]; readonly words: readonly string[] } {
  let at = 0;
  while (args[at]?.startsWith('-') === true) at += /^(?:-[sf]|--socket|--file|--timeout)$/.test(args[at] ?? '') ? 2 : 1;
  return { options: args.slice(0, at), words: args.slice(at) };
}
