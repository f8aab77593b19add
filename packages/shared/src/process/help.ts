import { options } from './command-line.ts';
import type { Product } from './product.ts';

/** The text of `--help`: usage, commands, options, files, exit codes, then the product's own lines. */
export function helpText<Snapshot>(product: Product<Snapshot>): string {
  const { name, version, summary, help, defaultFiles, commands } = product;
  const commandRows = [
    ['run', 'start (the default)'],
    ['check', 'read the configuration, say what is wrong with it, start nothing'],
    ...Object.entries(commands).map(([word, command]) => [word, command.summary]),
  ];
  const optionRows = Object.entries(options).map(([long, option]) => {
    const short = 'short' in option ? `-${option.short}, ` : '    ';
    const value = 'value' in option ? ` ${option.value}` : '';
    return [`${short}--${long}${value}`, option.text];
  });
  return [
    `${name} ${version}: ${summary}`,
    '',
    'Usage:',
    `  ${name} [run] [options] -f FILE ...`,
    `  ${name} check -f FILE ...`,
    ...(Object.keys(commands).length > 0 ? [`  ${name} COMMAND --help`] : []),
    '',
    'Commands:',
    ...table(commandRows),
    '',
    'Options:',
    ...table(optionRows),
    '',
    'Files, when none is given (the first that exists):',
    ...defaultFiles.map((file) => `  ${file}`),
    '',
    'Exit codes:',
    '  0  stopped or done as asked',
    '  1  the configuration is wrong, or something it needs is missing: starting again does not help',
    '  2  wrong usage',
    '  70 internal error (crash): starting again helps',
    '  75 a port in use, an address or name that does not exist yet: starting again may help',
    '',
    'Signals:',
    '  TERM, INT, QUIT  finish what is open, then stop; a second one stops at once',
    '  USR1             the same without the 30 s deadline that the others have when hard-stop-after is not set',
    '  USR2             open log files again, after a rotation',
    ...(help === '' ? [] : ['', help.trimEnd()]),
    '',
  ].join('\n');
}

function table(rows: readonly (readonly string[])[]): string[] {
  const width = Math.max(...rows.map(([word = '']) => word.length));
  return rows.map(([word = '', text = '']) => `  ${word.padEnd(width)}  ${text}`);
}
