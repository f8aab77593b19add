import type { Challenges } from '../acme/challenges.ts';
import type { ServiceCounters } from '../model/counters.ts';
import type { Numbers } from './arrivals.ts';
import type { HandshakeParts } from './handshakes.ts';
import type { Places } from './places.ts';

/** What a service keeps when its configuration changes. */
export interface Lasting {
  /** Its places, among those of the process. */
  readonly places: Places;
  /** Counts its connections. */
  readonly numbers: Numbers;
  readonly counters: ServiceCounters;
  /** Those of ACME that are open; all services answer them. */
  readonly challenges: Challenges;
  readonly staple: HandshakeParts['staple'];
}
