import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds that a reader that stopped reading our output may delay the exit. */
const flushDeadline = 1000;

/**
 * Ends the process once its output has been written. The only place that does: a program asked to stop
 * must stop even if something it started still holds the event loop.
 */
export async function exit(code: number, flushLog: () => Promise<unknown> = () => Promise.resolve()): Promise<never> {
  const written = flushLog()
    .then(() => nextTurn()) // Logs flush the lines of this turn.
    .then(() => Promise.all([process.stdout, process.stderr].map(drained)));
  await soon(written);
  // oxlint-disable-next-line unicorn/no-process-exit -- see above
  process.exit(code);
}

/** Waits for a write, for at most a second: a log that cannot be written must not prevent the exit. */
export async function soon(written: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, flushDeadline)));
  await Promise.race([written, late]).catch(() => {});
  clearTimeout(timer);
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}
