import { readFileSync } from 'node:fs';

/**
 * The process's limit of open files, from the text of /proc/self/limits: Infinity when there is none,
 * undefined when it is not in the text.
 */
export function openFiles(limits: string): number | undefined {
  const found = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1];
  return found === 'unlimited' ? Number.POSITIVE_INFINITY : found === undefined ? undefined : Number(found);
}

/** The text `openFiles` reads; empty on systems without /proc. */
export function readProcessLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return '';
  }
}
