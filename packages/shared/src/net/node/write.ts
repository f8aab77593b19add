import type { Writable } from 'node:stream';

/** Writes `bytes`, and `more` behind them in one packet. Returns false when no more should come before the `drain` of `to`. */
export function writeTo(to: Writable, bytes: Buffer, more: Buffer | undefined): boolean {
  if (more === undefined) return to.write(bytes);
  to.cork();
  to.write(bytes);
  const accepted = to.write(more);
  to.uncork();
  return accepted;
}

/** Calls `then` once nothing of what was written is in memory here any more; never, when the connection ends before. */
export function onceTaken(to: Writable, then: () => void): void {
  to.write('', (error) => {
    if (!error) then();
  });
}
