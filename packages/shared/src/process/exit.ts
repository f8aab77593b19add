/**
 * Ends the process once what it said has been written. The only place that does: a program that was told to stop
 * must stop even if something it started still holds the event loop.
 */
export async function exit(code: number): Promise<never> {
  const unwritten = [process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write('', resolve)));
  await Promise.race([Promise.all(unwritten), new Promise((resolve) => setTimeout(resolve, flushDeadline))]);
  // oxlint-disable-next-line unicorn/no-process-exit -- see above
  process.exit(code);
}

/** Milliseconds that a reader of our output which does not read may hold up the end. */
const flushDeadline = 1000;
