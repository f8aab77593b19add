/** The error of `parseArgs`, to be printed after a colon: without its advice on file names that begin with '-'. */
export function argumentError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message
    .replace(/\. To specify a positional argument[^]*$/, '')
    .replace(/^[A-Z]/, (letter) => letter.toLowerCase());
}
