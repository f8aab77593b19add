import { readFileSync } from 'node:fs';

/**
 * How many files the process may have open, from the text of /proc/self/limits: Infinity when there is no limit,
 * undefined when the text does not say.
 */
export function openFiles(limits: string): number | undefined {
  const found = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1];
  return found === 'unlimited' ? Number.POSITIVE_INFINITY : found === undefined ? undefined : Number(found);
}

/** The text `openFiles` reads; empty where there is no /proc. */
export function readProcessLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}
