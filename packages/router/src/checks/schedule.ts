/** When checks happen: pure (haproxy-semantics §7.5). All times in milliseconds. */
import type { CheckConfig } from '../model/snapshot.ts';
import { fullHealth } from '../backend/server-state.ts';

/** Checks that come more often than this do not decide how long the first ones are spread over. */
const OFTEN = 1000;

/** Pause after a check: `inter` in full health, `downinter` when fully down, `fastinter` in between. */
export function pauseAfter(check: CheckConfig, health: number): number {
  if (health === fullHealth(check)) return check.inter;
  return health === 0 ? check.downinter : check.fastinter;
}

/** `spread-checks`: up to `percent` more or less, so that checks do not fall into step. `random` is in [0, 1). */
export function jittered(pause: number, percent: number, random: number): number {
  return Math.round(pause * (1 + (percent / 100) * (1 - 2 * random)));
}

/**
 * When the first check of each server runs: the k-th of n after k/n of the shortest interval of at least a second, or of its own when
 * that is longer, and never of more than `most` (`max-spread-checks`; 0: no limit).
 */
export function firstPauses(intervals: readonly number[], most = 0): readonly number[] {
  const shortest = Math.min(...intervals.filter((interval) => interval >= OFTEN));
  const usual = Number.isFinite(shortest) ? shortest : 0;
  const limit = most === 0 ? Number.POSITIVE_INFINITY : most;
  return intervals.map((own, k) => Math.floor((Math.min(Math.max(usual, own), limit) * k) / intervals.length));
}

/**
 * Time limit to connect, and from then to be answered. Without `timeout check` the interval is
 * the limit for both together and `answer` is undefined.
 */
export function checkTimeouts(
  check: CheckConfig,
  timeouts: { readonly connect: number; readonly check: number },
): {
  readonly connect: number;
  readonly answer: number | undefined;
} {
  if (timeouts.check === 0) return { connect: check.inter, answer: undefined };
  const connect = timeouts.connect === 0 ? check.inter : Math.min(timeouts.connect, check.inter);
  return { connect, answer: timeouts.check };
}
