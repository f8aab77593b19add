/**
 * A count over a sliding period, as HAProxy's `freq_ctr` keeps it: the current period and the one before it, the latter
 * weighted by the part that the sliding window still covers. Three numbers in the values of an entry, whatever the rate:
 * when the current period began (milliseconds), its count, and the count of the period before.
 */
export const RATE_WIDTH = 3;

/** Counts `count` events at `now`; `now` and `period` are whole milliseconds, and the period is the same in every call. */
export function addToRate(values: number[], at: number, now: number, period: number, count: number): void {
  const began = values[at] ?? 0;
  if (inPeriod(began, now, period)) {
    values[at + 1] = (values[at + 1] ?? 0) + count;
    return;
  }
  const next = began + period;
  const missed = began === 0 || now - next >= period;
  values[at + 2] = missed ? 0 : (values[at + 1] ?? 0);
  values[at + 1] = count;
  values[at] = Math.max(2, even(missed ? now : next));
}

/** Events per period at `now`, rounded down. Never more than were counted, and none once they are older than two periods. */
export function readRate(values: readonly number[], at: number, now: number, period: number): number {
  let current = values[at + 1] ?? 0;
  let previous = values[at + 2] ?? 0;
  let remaining = (values[at] ?? 0) + period - now;
  if (remaining < 0) {
    // The current period has ended, and perhaps the next one too.
    remaining += period;
    previous = remaining >= 0 ? current : 0;
    remaining = Math.max(remaining, 0);
    current = 0;
  }
  // At very low rates a single event would otherwise flap between 0 and 1 while its period passes.
  if (current === 0 && previous <= 1) return previous;
  return Math.floor((previous * remaining + current * period) / period);
}

/** Events in the current period alone: what HAProxy's `sc_inc_gpc0` returns where only the rate is stored. */
export function currentOfRate(values: readonly number[], at: number): number {
  return values[at + 1] ?? 0;
}

export function clearRate(values: number[], at: number): void {
  values.fill(0, at, at + RATE_WIDTH);
}

/** Whether a period that began then is the current one. A counter that was never used began long ago, as HAProxy's does: it starts a period with its first event. */
export function inPeriod(began: number, now: number, period: number): boolean {
  return now - began < period && began !== 0;
}

/** The millisecond at which a period begins: HAProxy keeps a lock in the lowest bit, so its sums are those of even ones. */
export function even(time: number): number {
  return time - (time % 2);
}
