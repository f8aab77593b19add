import type { TimeCounter } from '../model/counters.ts';

/** The window of HAProxy's averages (`TIME_STATS_SAMPLES`). */
export const SAMPLES = 512;

/** Adds to a sliding sum; `count` samples were taken so far, this one included. Each sample displaces the average of the window. */
export function addSample(counter: TimeCounter, count: number, value: number): void {
  const window = Math.min(count, SAMPLES);
  counter.sum += value - (window === 0 ? 0 : Math.floor((counter.sum + window - 1) / window));
  if (value > counter.most) counter.most = value;
}

/** The average of the last samples, rounded up. */
export function average({ sum }: TimeCounter, count: number): number {
  const window = Math.min(count, SAMPLES);
  return window === 0 ? 0 : Math.floor((sum + window - 1) / window);
}
