import { formatProblem, type Problem } from '../config/problem.ts';

/** A configuration is valid but cannot be put into effect, for each of these reasons; the one before it serves on. */
export class CannotApply extends Error {
  override readonly name: string = 'CannotApply';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], message: string = problems.map(formatProblem).join('\n')) {
    super(message);
    this.problems = problems;
  }
}
