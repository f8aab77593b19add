import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 5;

/**
 * Resolves with the first value of `check` that is neither undefined nor false. Tests use it, and nothing else, to wait for
 * something that has no event of its own. `within` is in milliseconds; after which the promise rejects and names `what`.
 */
export async function until<T>(
  what: string,
  check: () => T | Promise<T>,
  within = 10_000,
): Promise<Exclude<T, undefined | false>> {
  const deadline = performance.now() + within;
  for (;;) {
    const value = await check();
    if (holds(value)) return value;
    if (performance.now() > deadline) throw new Error(`waited ${within} ms in vain for: ${what}`);
    await pause(POLL_MS);
  }
}

function holds<T>(value: T): value is Exclude<T, undefined | false> {
  return value !== undefined && value !== false;
}

/** `promise`, or a rejection naming `what` when it has not settled within `within` milliseconds. */
export async function settled<T>(what: string, promise: Promise<T>, within = 10_000): Promise<T> {
  const deadline = new AbortController();
  const late = pause(within, undefined, { signal: deadline.signal }).then(
    () => Promise.reject(new Error(`waited ${within} ms in vain for: ${what}`)),
    () => promise,
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    deadline.abort();
  }
}
