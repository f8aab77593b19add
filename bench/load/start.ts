import { setTimeout as sleep } from 'node:timers/promises';
import type { Load, Reach } from '../measure/sample.ts';

/** Seconds of quiet before memory is looked at. */
const QUIET = 2;

/** What a start took, and the memory of a program that has answered one request and waits. Nothing is sent. */
export async function start(reach: Reach, seconds: number): Promise<Load> {
  await sleep(1000 * Math.min(QUIET, seconds));
  return { items: 1, ...reach.startUp, memory: reach.proportional() };
}

/** Instead of a warm-up: a program that was just started is what is asked about. */
export const nothing = (): Promise<Load> => Promise.resolve({ items: 0, seconds: 0 });
