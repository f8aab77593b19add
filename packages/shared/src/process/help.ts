import { options } from './command-line.ts';
import type { Product } from './product.ts';

/** The text of `--help`: usage, commands, options, files, exit codes, then the product's own lines. */
export function helpText<Snapshot>(product: Product<Snapshot>): string {
  const { name, version, summary, help, defaultFiles, commands } = product;
  const commandRows = [
    ['run', 'start (the default)'],
    ['check', 'check the configuration, print every problem, start nothing'],
    ...Object.entries(commands).map(([word, command]) => [word, command.summary]),
  ];
  return [
    `${name} ${version}: ${summary}`,
    '',
    'Usage:',
    `  ${name} [run] [options] -f FILE ...`,
    `  ${name} check -f FILE ...`,
    `  ${name} COMMAND --help`,
    '',
    'Commands:',
    ...table(commandRows),
    '',
    'Options:',
    ...table(optionRows(() => true)),
    '',
    ...filesLines(defaultFiles),
    '',
    'Exit codes:',
    '  0  success, or stopped by a signal',
    '  1  invalid configuration, or something it needs is missing: restarting does not help',
    '  2  usage error',
    '  70 internal error (crash): restarting helps',
    '  75 port in use, or an address or name that does not exist yet: restarting may help',
    '',
    'Signals:',
    '  TERM, INT, QUIT  finish open requests, then stop; a second signal stops at once',
    '  USR1             the same, without the default deadline of 30 s that applies when hard-stop-after is not set',
    '  HUP              reload the configuration; when anything in it is wrong, the one in effect serves on',
    '  PWR              let a new process take over, after an upgrade of the program',
    '  USR2             reopen log files after rotation',
    ...(help === '' ? [] : ['', help.trimEnd()]),
    '',
  ].join('\n');
}

/** The text of `run --help` and `check --help`. */
export function commandHelpText<Snapshot>({ name, defaultFiles }: Product<Snapshot>, command: 'run' | 'check'): string {
  const { usage, text } = ABOUT[command];
  return [
    `usage: ${name} ${usage}`,
    text,
    '',
    'Options:',
    ...table(optionRows((option) => !('of' in option) || option.of === command)),
    '',
    ...filesLines(defaultFiles),
    '',
  ].join('\n');
}

const ABOUT = {
  run: {
    usage: '[run] [options] -f FILE ...',
    text: 'Starts the program. Signals and exit codes: see --help without a command.',
  },
  check: {
    usage: 'check [options] -f FILE ...',
    text: [
      'Reads the configuration, prints every problem as file:line:column: message, and starts nothing.',
      'Exit code 0: valid, with or without warnings; 1: invalid. With --format json it prints one object on standard output:',
      '{"valid":false,"files":["FILE"],"problems":[{"severity":"error","file":"FILE","line":3,"column":5,"message":"…"}]}',
    ].join('\n'),
  },
} as const;

type Option = (typeof options)[keyof typeof options];

function optionRows(wanted: (option: Option) => boolean): string[][] {
  return Object.entries(options)
    .filter(([, option]) => wanted(option))
    .map(([long, option]) => {
      const short = 'short' in option ? `-${option.short}, ` : '    ';
      const value = 'value' in option ? ` ${option.value}` : '';
      return [`${short}--${long}${value}`, option.text];
    });
}

function filesLines(files: readonly string[]): string[] {
  return ['Default files (the first that exists is used):', ...files.map((file) => `  ${file}`)];
}

function table(rows: readonly (readonly string[])[]): string[] {
  const width = Math.max(...rows.map(([word = '']) => word.length));
  return rows.map(([word = '', text = '']) => `  ${word.padEnd(width)}  ${text}`);
}
