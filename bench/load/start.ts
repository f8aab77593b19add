import { setTimeout as sleep } from 'node:timers/promises';
import type { Load, Reach } from '../measure/sample.ts';

/** Idle seconds before memory is measured. */
const QUIET = 5;

/** The start-up time, and the memory of an idle program after one request. Sends nothing. */
export async function start(reach: Reach, seconds: number): Promise<Load> {
  await sleep(1000 * Math.min(QUIET, seconds));
  return { items: 1, ...reach.startUp, memory: reach.proportional() };
}

/** No warm-up: a freshly started program is what is measured. */
export const nothing = (): Promise<Load> => Promise.resolve({ items: 0, seconds: 0 });
