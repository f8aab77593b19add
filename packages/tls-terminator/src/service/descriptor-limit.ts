import { openFiles } from '@headgate/shared/process/open-files';

/** Descriptors kept for logs, the event loop and certificate files. */
const reserved = 64;

/** Linux's own default, when the limit cannot be read. */
const usualLimit = 1024;

/**
 * How many connections the process may have at one time: each needs two descriptors, one for either side; `listening` sockets take one each. Counting keeps
 * accept(2) from failing (EMFILE), where the kernel would leave clients hanging; stunnel derives its limit alike.
 */
export function connectionLimit(limitsText: string, listening: number): number {
  const files = openFiles(limitsText) ?? usualLimit;
  if (files === Number.POSITIVE_INFINITY) return Number.MAX_SAFE_INTEGER;
  return Math.max(1, Math.floor((files - reserved - listening) / 2));
}
