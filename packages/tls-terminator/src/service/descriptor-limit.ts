import { readFileSync } from 'node:fs';

/** Descriptors kept for listeners, logs, the event loop and certificate files. */
const reserved = 64;

/** Linux's own default, when the limit cannot be read. */
const usualLimit = 1024;

/**
 * How many connections the process may have at one time: each needs two descriptors, one for either side. Counting keeps
 * accept(2) from failing (EMFILE), where the kernel would leave clients hanging; stunnel derives its limit alike.
 */
export function connectionLimit(limitsText: string): number {
  const found = /^Max open files\s+(\d+|unlimited)/m.exec(limitsText)?.[1];
  if (found === 'unlimited') return Number.MAX_SAFE_INTEGER;
  return Math.max(1, Math.floor(((found === undefined ? usualLimit : Number(found)) - reserved) / 2));
}

/** The text `connectionLimit` reads; empty where there is no /proc. */
export function readProcessLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}
