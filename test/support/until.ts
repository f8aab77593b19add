import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 5;

/**
 * Deadlines are given for an idle developer's machine, and are this many times longer in truth: a slow machine shared with
 * others is no failure. Only failing tests wait for them.
 */
export const PATIENCE = 5;

/**
 * Resolves with the first value of `check` that is neither undefined nor false. Tests use it, and nothing else, to wait for
 * something that has no event of its own. After `within` milliseconds, times PATIENCE, the promise rejects and names `what`.
 */
export async function until<T>(
  what: string,
  check: () => T | Promise<T>,
  within = 10_000,
): Promise<Exclude<T, undefined | false>> {
  const deadline = performance.now() + within * PATIENCE;
  for (;;) {
    const value = await check();
    if (holds(value)) return value;
    if (performance.now() > deadline) throw late(what, within);
    await pause(POLL_MS);
  }
}

function holds<T>(value: T): value is Exclude<T, undefined | false> {
  return value !== undefined && value !== false;
}

/**
 * Resolves when `count` has not changed for `quiet` milliseconds: for the end of what no event ends, such as checks. Choose `quiet` as a
 * multiple of what lies between two changes, so that a machine which stalls cannot pass for the end.
 */
export async function steady(what: string, count: () => number, quiet: number): Promise<void> {
  let [last, since] = [count(), performance.now()];
  await until(`${what} to end`, () => {
    const now = count();
    if (now !== last) [last, since] = [now, performance.now()];
    return performance.now() - since >= quiet;
  });
}

/** `promise`, or a rejection naming `what` when it has not settled within `within` milliseconds, times PATIENCE. */
export async function settled<T>(what: string, promise: Promise<T>, within = 10_000): Promise<T> {
  const deadline = new AbortController();
  const waited = pause(within * PATIENCE, undefined, { signal: deadline.signal }).then(
    () => Promise.reject(late(what, within)),
    () => promise,
  );
  try {
    return await Promise.race([promise, waited]);
  } finally {
    deadline.abort();
  }
}

function late(what: string, within: number): Error {
  return new Error(`waited ${within * PATIENCE} ms in vain for: ${what}`);
}
