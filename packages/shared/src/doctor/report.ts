import { formatProblem, type Problem } from '../config/problem.ts';
import type { Finding, Grade } from './finding.ts';

const MARKS = { ok: 'ok     ', notice: 'notice ', warning: 'WARNING', error: 'ERROR  ' } as const satisfies Record<
  Grade,
  string
>;

/** Exit codes: nothing is wrong; something does not work; it works, with warnings. */
export const HEALTHY = 0;
export const BROKEN = 1;
export const DOUBTFUL = 3;

export function exitCodeFor(findings: readonly Finding[]): number {
  if (findings.some(({ grade }) => grade === 'error')) return BROKEN;
  return findings.some(({ grade }) => grade === 'warning') ? DOUBTFUL : HEALTHY;
}

/** What is wrong with the configuration itself, as findings. */
export function findingsOf(problems: readonly Problem[]): readonly Finding[] {
  return problems.map((problem) => ({
    grade: problem.severity,
    subject: 'configuration',
    text: formatProblem(problem),
    at: problem.at,
    advice: problem.severity === 'error' ? 'correct the file: nothing starts with it' : 'correct the file',
  }));
}

/** As text: the subject, what was found, and what to do in a line of its own. */
export function reportText(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ grade, subject, text, advice, at }) => [
    `${MARKS[grade]}  ${subject}: ${text}`,
    ...(advice === undefined || grade === 'ok' ? [] : [`         → ${advice}${placeOf(at)}`]),
  ]);
  const count = (grade: Grade): number => findings.filter((finding) => finding.grade === grade).length;
  const [errors, warnings] = [count('error'), count('warning')];
  lines.push('', `${findings.length} things looked at: ${errors} errors, ${warnings} warnings`);
  return lines.map((line) => `${line}\n`).join('');
}

/** One object; the keys are stable. */
export function reportJson(findings: readonly Finding[]): string {
  const list = findings.map(({ grade, subject, text, advice, at }) => ({
    grade,
    subject,
    text,
    ...(advice === undefined ? {} : { advice }),
    ...(at === undefined ? {} : { file: at.file, line: at.line }),
  }));
  return `${JSON.stringify({ findings: list, code: exitCodeFor(findings) })}\n`;
}

function placeOf(at: Finding['at']): string {
  return at === undefined || at.line === 0 ? '' : ` (${at.file}:${at.line})`;
}
