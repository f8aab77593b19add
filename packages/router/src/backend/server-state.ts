/**
 * State transitions of a server, caused by checks or the operator; pure (haproxy-semantics §7.4).
 * Health counts from 0 to rise + fall - 1, and the server is up while it is at least `rise`.
 */
import type { CheckConfig } from '../model/snapshot.ts';
import type { Operational } from '../model/backend.ts';

export type Thresholds = Pick<CheckConfig, 'rise' | 'fall'>;

/** Initial health, also after maintenance: up, but one failure takes the server down. */
export function initialHealth({ rise }: Thresholds): number {
  return rise;
}

export function fullHealth({ rise, fall }: Thresholds): number {
  return rise + fall - 1;
}

/**
 * Health after one more check. `fall` failures in a row take a server from full health to 0 and down,
 * `rise` successes take it back to full health; one result of the other kind undoes the progress.
 */
export function nextHealth(health: number, passed: boolean, thresholds: Thresholds): number {
  const { rise } = thresholds;
  if (passed) return health + 1 >= rise ? fullHealth(thresholds) : health + 1;
  return health > rise ? health - 1 : 0;
}

export function operationalAt(health: number, { rise }: Thresholds): Operational {
  return health >= rise ? 'up' : 'down';
}

/** Progress as logged: `3/4 UP`, `0/3 DOWN`. */
export function describeProgress(health: number, { rise, fall }: Thresholds): string {
  return health >= rise ? `${health - rise + 1}/${fall} UP` : `${health}/${rise} DOWN`;
}
