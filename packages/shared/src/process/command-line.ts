import { parseArgs } from 'node:util';

/** What the words after the program's name ask for. */
export type Invocation =
  | { readonly kind: 'help'; readonly of?: 'run' | 'check' }
  | { readonly kind: 'version' }
  | { readonly kind: 'usage'; readonly message: string; readonly near?: Near }
  | { readonly kind: 'command'; readonly name: string; readonly args: readonly string[] }
  | ({ readonly kind: 'check'; readonly format: 'text' | 'json' } & CommonOptions)
  | ({ readonly kind: 'run' } & CommonOptions);

/** A wrong word and the right ones, from which the nearest may be suggested. */
export interface Near {
  readonly word: string;
  readonly candidates: readonly string[];
}

export interface CommonOptions {
  /** `-f` and positional files, in the order given; empty when none was. */
  readonly files: readonly string[];
  /** The background (`-D`) or the foreground (`--foreground`, HAProxy's `-db`) asked for; undefined leaves it to the configuration. */
  readonly daemon: boolean | undefined;
  readonly pidFile: string | undefined;
  readonly logFormat: 'text' | 'json';
  readonly quiet: boolean;
}

/**
 * The options of `run` and `check`; `--help` prints them from here too. `of` names the command that an option belongs to, where it
 * is one of them. `-c` is added to the command line of a start, as in HAProxy, and accepts what belongs to `run`.
 */
export const options = {
  file: {
    type: 'string',
    short: 'f',
    value: 'FILE',
    text: 'a configuration file, or a folder of them; may be repeated',
  },
  check: { type: 'boolean', of: 'run', short: 'c', text: 'the same as the command check' },
  format: { type: 'string', of: 'check', value: 'text|json', text: 'form of what check prints (text)' },
  daemon: { type: 'boolean', of: 'run', short: 'D', text: 'go to the background once serving' },
  foreground: {
    type: 'boolean',
    of: 'run',
    text: 'stay in the foreground, whatever the configuration says (also -db, as HAProxy has it)',
  },
  'pid-file': {
    type: 'string',
    of: 'run',
    short: 'p',
    value: 'FILE',
    text: 'write the process id there while serving',
  },
  'log-format': {
    type: 'string',
    of: 'run',
    value: 'text|json',
    text: 'form of the process log on standard error (text)',
  },
  quiet: { type: 'boolean', short: 'q', text: 'say only warnings and errors' },
  help: { type: 'boolean', short: 'h', text: 'print this text' },
  version: { type: 'boolean', short: 'V', text: 'print the version (also -v, as HAProxy has it)' },
} as const;

type OptionName = keyof typeof options;

/**
 * Reads a command line. A first word that looks like a command but is none is wrong usage;
 * any other positional word is a configuration file, as stunnel has it.
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
  // Two letters behind one dash: only HAProxy's old -db is spelled so.
  const args = argv.map((word) => (word === '-db' ? '--foreground' : word));
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
      if (token.value !== undefined) return usage(`${token.rawName} takes no value`);
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
  // Neither may be ignored in silence: somebody waits for JSON and would get text.
  if (kind === 'check' && logFormat !== undefined) return usage(`check writes no log: use --format ${logFormat}`);
  if (kind === 'run' && format !== undefined) {
    return usage(`--format is an option of check; the form of the process log is --log-format ${format}`);
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
  // These two are answered below, with what to write instead.
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
