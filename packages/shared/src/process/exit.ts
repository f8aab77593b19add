import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds that whoever reads our output, but does not, may hold up the end. */
const flushDeadline = 1000;

/**
 * Ends the process once what it said has been written. The only place that does: a program that was told to stop
 * must stop even if something it started still holds the event loop.
 */
export async function exit(code: number, flushLog: () => Promise<void> = () => Promise.resolve()): Promise<never> {
  const written = flushLog()
    .then(() => nextTurn()) // Logs that gather the lines of a turn hand them over.
    .then(() => Promise.all([process.stdout, process.stderr].map(drained)));
  await soon(written);
  // oxlint-disable-next-line unicorn/no-process-exit -- see above
  process.exit(code);
}

/** Waits until something is written, for at most a second; an end that cannot be logged is still an end. */
export async function soon(written: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, flushDeadline)));
  await Promise.race([written, late]).catch(() => {});
  clearTimeout(timer);
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}
