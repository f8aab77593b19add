import type { LatencyCounter } from '../model/counters.ts';

/** Upper bounds of the classes in milliseconds; one more class takes what is slower. */
export const LATENCY_BOUNDS: readonly number[] = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000];

export function newLatency(): LatencyCounter {
  return { counts: Array.from({ length: LATENCY_BOUNDS.length + 1 }, () => 0), sum: 0 };
}

/** Counts one duration. Most are in the first classes, so they are searched from there. */
export function countLatency(counter: LatencyCounter, ms: number): void {
  let at = 0;
  while (at < LATENCY_BOUNDS.length && ms > (LATENCY_BOUNDS[at] as number)) at += 1;
  counter.counts[at] = (counter.counts[at] as number) + 1;
  counter.sum += ms;
}

/** The duration that a share (0.99: all but one in a hundred) did not exceed: the bound of its class, in milliseconds. -1: nothing counted. */
export function quantile({ counts }: LatencyCounter, share: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return -1;
  let left = Math.ceil(total * share);
  for (const [at, count] of counts.entries()) {
    left -= count;
    if (left <= 0) return LATENCY_BOUNDS[at] ?? Infinity;
  }
  return Infinity;
}
