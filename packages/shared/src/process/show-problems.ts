import { counted } from './counted.ts';
import { formatProblem } from '../config/problem.ts';
import type { Problem } from '../config/problem.ts';
import { MAX_CONFIGURATION, readRegularText } from './regular-file.ts';

/** Colours a piece of text, or returns it unchanged when colour is off. */
export type Paint = (style: 'red' | 'yellow' | 'bold', text: string) => string;

const longestSource = 160;
/** Line numbers listed per message. */
const MOST_LINES = 20;

/**
 * Every problem as `file:line:column: message`, the source line and a caret under the word, then the count.
 * `readLine` gives a line of a file, or undefined when it cannot be read.
 */
export function showProblems(problems: readonly Problem[], readLine: ReadLine, paint: Paint): string {
  if (problems.length === 0) return '';
  const shown = alike(problems).map(([problem, ...others]) => {
    const style = problem.severity === 'error' ? 'red' : 'yellow';
    const text = printable(`${formatProblem(problem)}${alsoOn(problem, others)}`);
    return [paint(style, text), ...excerpt(problem, readLine, paint)].join('\n');
  });
  return `${shown.join('\n')}\n${countProblems(problems)}\n`;
}

type Alike = readonly [Problem, ...Problem[]];

/** Identical problems in one file are shown once: thirteen equal messages would hide the fourteenth. */
function alike(problems: readonly Problem[]): readonly Alike[] {
  const groups = new Map<string, [Problem, ...Problem[]]>();
  for (const problem of problems) {
    const key = JSON.stringify([problem.severity, problem.at.file, problem.message, problem.suggestion]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [problem]);
    else group.push(problem);
  }
  return [...groups.values()];
}

function alsoOn({ at: first }: Problem, others: readonly Problem[]): string {
  const lines = [...new Set(others.map(({ at }) => at.line))].filter((line) => line !== first.line);
  if (lines.length === 0) return '';
  const more = lines.length > MOST_LINES ? ` and ${lines.length - MOST_LINES} more` : '';
  return `; also on line${lines.length === 1 ? '' : 's'} ${lines.slice(0, MOST_LINES).join(', ')}${more}`;
}

/** `2 errors, 1 warning`. */
export function countProblems(problems: readonly Problem[]): string {
  return (['error', 'warning', 'notice'] as const)
    .map((kind) => some(problems.filter(({ severity }) => severity === kind).length, kind))
    .filter((text) => text !== '')
    .join(', ');
}

export type ReadLine = (file: string, line: number) => string | undefined;

/** Reads source lines for problems; each file is read once. */
export function sourceLines(): ReadLine {
  const files = new Map<string, readonly string[]>();
  return (file, line) => {
    let lines = files.get(file);
    if (lines === undefined) {
      lines = readLines(file);
      files.set(file, lines);
    }
    return lines[line - 1];
  };
}

function readLines(file: string): readonly string[] {
  const text = readRegularText(file, MAX_CONFIGURATION);
  return typeof text === 'string' ? text.split(/\r?\n/) : []; // The problem itself explains what is wrong with the file.
}

function excerpt({ at }: Problem, readLine: ReadLine, paint: Paint): string[] {
  const source = readLine(at.file, at.line);
  if (source === undefined || source.trim() === '' || at.column < 1 || source.length > longestSource) return [];
  const indent = source.slice(0, at.column - 1).replaceAll(/[^\t]/g, ' ');
  return [`    ${printable(source)}`, `    ${indent}${paint('bold', '^')}`];
}

/** An untrusted configuration must not be able to send escape sequences to the terminal. */
function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- matching control characters is the point
  return text.replaceAll(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g, '?');
}

function some(count: number, word: string): string {
  return count === 0 ? '' : counted(count, word);
}
