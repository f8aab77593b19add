/** Lines of an answer, each with its end. */
export function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** The answer to a commit. `prepared`: the file of the transaction before it; `wrong`: why it was refused. */
export function committed(file: string, prepared: string | undefined, wrong: readonly string[]): string {
  const begun = prepared === file ? [`Committing ${file}`] : [];
  return linesOf([...begun, ...(wrong.length === 0 ? ['Success!'] : [...wrong, `Can't commit ${file}!`])]);
}

/** The answer to an abort. HAProxy ends the line of a missing transaction in another way than after a commit. */
export function aborted(what: string, file: string, refused: string | undefined): string {
  return `${refused?.replace(/ !$/, '') ?? `Transaction aborted for ${what} '${file}'!`}\n`;
}

/** The reasons why a configuration was not applied, without the warnings among them. */
export function errorsOf(reasons: readonly string[]): readonly string[] {
  const errors = reasons.filter((reason) => !/:\d+:\d+: warning: /.test(reason));
  return errors.length === 0 ? reasons : errors;
}
