import { setTimeout as pause } from 'node:timers/promises';

/** Time, as ACME needs it: hours and days. Tests move it. */
export interface AcmeClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after so many milliseconds; rejects when aborted. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** Timers of Node.js hold less than 25 days. */
const LONGEST = 2 ** 31 - 1;

export const systemClock: AcmeClock = {
  now: () => Date.now(),
  // Renewals keep no process alive.
  wait: (milliseconds, signal) =>
    pause(Math.min(Math.max(milliseconds, 0), LONGEST), undefined, { signal, ref: false }),
};
