/** Lines of an answer, each with its end. */
export function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** The reasons why a configuration was not applied, without the warnings among them. */
export function errorsOf(reasons: readonly string[]): readonly string[] {
  const errors = reasons.filter((reason) => !/:\d+:\d+: warning: /.test(reason));
  return errors.length === 0 ? reasons : errors;
}
