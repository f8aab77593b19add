import { parseArgs } from 'node:util';
import { readHaproxyWords } from './haproxy-words.ts';

/** What the command line asks for. */
export type Invocation =
  | { readonly kind: 'help'; readonly of?: 'run' | 'check' }
  | { readonly kind: 'version' }
  | { readonly kind: 'usage'; readonly message: string; readonly near?: Near }
  | { readonly kind: 'command'; readonly name: string; readonly args: readonly string[] }
  | ({ readonly kind: 'check'; readonly format: 'text' | 'json' } & CommonOptions)
  | ({ readonly kind: 'run' } & CommonOptions);

/** A wrong word and the valid ones, the nearest of which may be suggested. */
export interface Near {
  readonly word: string;
  readonly candidates: readonly string[];
}

export interface CommonOptions {
  /** `-f` and positional files, in the order given; empty when none was. */
  readonly files: readonly string[];
  /** True for the background (`-D`), false for the foreground (`--foreground`, HAProxy's `-db`); undefined leaves it to the configuration. */
  readonly daemon: boolean | undefined;
  readonly pidFile: string | undefined;
  readonly logFormat: 'text' | 'json';
  readonly quiet: boolean;
}

/**
 * The options of `run` and `check`; `--help` prints them from here too. `of` names the command an option belongs to, if it
 * belongs to only one. `-c` can be added to any start command, as in HAProxy, so it also accepts the options of `run`.
 */
export const options = {
  file: {
    type: 'string',
    short: 'f',
    value: 'FILE',
    text: 'configuration file, or directory of them; may be repeated',
  },
  check: { type: 'boolean', of: 'run', short: 'c', text: 'same as the check command' },
  format: { type: 'string', of: 'check', value: 'text|json', text: 'output format of check (default: text)' },
  daemon: { type: 'boolean', of: 'run', short: 'D', text: 'run in the background once serving' },
  foreground: {
    type: 'boolean',
    of: 'run',
    text: 'stay in the foreground, overriding the configuration (also -db, as in HAProxy)',
  },
  'pid-file': {
    type: 'string',
    of: 'run',
    short: 'p',
    value: 'FILE',
    text: 'write the process id to this file while serving',
  },
  'log-format': {
    type: 'string',
    of: 'run',
    value: 'text|json',
    text: 'format of the process log on standard error (default: text)',
  },
  quiet: { type: 'boolean', short: 'q', text: 'log only warnings and errors' },
  help: { type: 'boolean', short: 'h', text: 'print this help' },
  version: { type: 'boolean', short: 'V', text: 'print the version (also -v, as in HAProxy)' },
} as const;

type OptionName = keyof typeof options;

/**
 * Reads a command line. A first word that looks like a command but is not one is a usage error;
 * any other positional word is a configuration file, as in stunnel.
 */
export function parseCommandLine(argv: readonly string[], commands: readonly string[]): Invocation {
  const [first, ...rest] = argv;
  if (first !== undefined && commands.includes(first)) return { kind: 'command', name: first, args: rest };
  if (first === 'help') return helpOf(rest[0], commands);
  if (first === 'run' || first === 'check') return parseOptions(first, rest);
  if (first !== undefined && /^[a-z][a-z-]*$/.test(first)) {
    return unknownCommand(first, ` (a file of this name is ./${first})`, commands);
  }
  return parseOptions('run', argv, false);
}

/** `help`, and `help COMMAND`, which is the same as `COMMAND --help`. */
function helpOf(word: string | undefined, commands: readonly string[]): Invocation {
  if (word === undefined || word === 'help') return { kind: 'help' };
  if (word === 'run' || word === 'check') return { kind: 'help', of: word };
  if (commands.includes(word)) return { kind: 'command', name: word, args: ['--help'] };
  return unknownCommand(word, '', commands);
}

function unknownCommand(word: string, hint: string, commands: readonly string[]): Invocation {
  const near = { word, candidates: ['run', 'check', 'help', ...commands] };
  return { kind: 'usage', message: `unknown command '${word}'${hint}`, near };
}

function parseOptions(command: 'run' | 'check', argv: readonly string[], named = true): Invocation {
  const read = readHaproxyWords(argv);
  if ('refused' in read) return usage(read.refused);
  const { args } = read;
  const { tokens } = parseArgs({ args, options: parseable(), strict: false, allowPositionals: true, tokens: true });
  const files: string[] = [];
  const flags = new Set<OptionName>();
  let pidFile: string | undefined;
  const forms = new Map<OptionName, 'text' | 'json'>();

  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      files.push(token.value);
      continue;
    }
    const name = optionName(token.name);
    if (name === undefined) return unknownOption(token.rawName);
    if (command === 'check') {
      const elsewhere = notOfCheck(name, token.rawName);
      if (elsewhere !== undefined) return usage(elsewhere);
    }
    if (options[name].type === 'boolean') {
      if (token.value !== undefined) return usage(`${token.rawName} does not accept a value`);
      flags.add(name);
      continue;
    }
    const { value } = token;
    const missing =
      value === undefined ||
      value === '' ||
      (!token.inlineValue && value.startsWith('-') && !(name === 'file' && value === '-'));
    if (missing) return usage(`${token.rawName} needs a value`);
    if (name === 'file') files.push(value);
    else if (name === 'pid-file') pidFile = value;
    else if (value === 'text' || value === 'json') forms.set(name, value);
    else
      return {
        ...usage(`${token.rawName} is text or json, not '${value}'`),
        near: { word: value, candidates: ['text', 'json'] },
      };
  }

  if (flags.has('daemon') && flags.has('foreground')) return usage('--daemon and --foreground exclude each other');
  if (flags.has('help')) return { kind: 'help', ...(named ? { of: command } : {}) };
  if (flags.has('version')) return { kind: 'version' };
  const kind = flags.has('check') ? 'check' : command;
  const format = forms.get('format');
  const logFormat = forms.get('log-format');
  // Neither may be ignored silently: the caller expects JSON and would get text.
  if (kind === 'check' && logFormat !== undefined) return usage(`check writes no log: use --format ${logFormat}`);
  if (kind === 'run' && format !== undefined) {
    return usage(`--format is an option of check; the format of the process log is set with --log-format ${format}`);
  }
  const common: CommonOptions = {
    files,
    daemon: flags.has('daemon') ? true : flags.has('foreground') ? false : undefined,
    pidFile,
    logFormat: logFormat ?? 'text',
    quiet: flags.has('quiet'),
  };
  return kind === 'check' ? { kind, format: format ?? 'text', ...common } : { kind, ...common };
}

/** Why `check` does not accept an option, or undefined when it does. */
function notOfCheck(name: OptionName, rawName: string): string | undefined {
  const option = options[name];
  // These two are reported below, with what to write instead.
  if (!('of' in option) || option.of === 'check' || name === 'check' || name === 'log-format') return undefined;
  return `${rawName} is an option of run; check starts nothing`;
}

function usage(message: string): { readonly kind: 'usage'; readonly message: string } {
  return { kind: 'usage', message };
}

function unknownOption(rawName: string): Invocation {
  const candidates = Object.keys(options).map((name) => `--${name}`);
  const base = usage(`unknown option '${rawName}'`);
  return rawName.startsWith('--') ? { ...base, near: { word: rawName, candidates } } : base;
}

function optionName(name: string): OptionName | undefined {
  if (name === 'v') return 'version';
  return Object.hasOwn(options, name) ? (name as OptionName) : undefined;
}

function parseable(): Record<string, { type: 'string' | 'boolean'; short?: string }> {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [
      name,
      'short' in option ? { type: option.type, short: option.short } : { type: option.type },
    ]),
  );
}
