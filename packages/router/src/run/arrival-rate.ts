import { performance } from 'node:perf_hooks';
import type { RateOfEvents } from '../model/counters.ts';

/** A limit of events per second; 0 is no limit. */
export interface RateLimit {
  max: number;
}

/** When one more may begin. */
export interface Pace {
  /** In so many milliseconds; 0: now. */
  pause(): number;
}

/** The limit of a frontend's new sessions per second (`rate-limit sessions`); none for 0. */
export function pacesOf(max: number, counted: { readonly sessionRate: RateOfEvents }): readonly Pace[] {
  return max === 0 ? [] : [{ pause: () => waitFor({ max }, counted.sessionRate) }];
}

/**
 * The limits of new connections and sessions per second, process-wide (HAProxy: `maxconnrate`, `maxsessrate`, `set rate-limit
 * connections|sessions global`).
 */
export class ArrivalRate implements Pace {
  readonly connections: RateLimit = { max: 0 };
  readonly sessions: RateLimit = { max: 0 };
  readonly #counted: { readonly connectionRate: RateOfEvents; readonly sessionRate: RateOfEvents };

  constructor(counted: { readonly connectionRate: RateOfEvents; readonly sessionRate: RateOfEvents }) {
    this.#counted = counted;
  }

  /** What the configuration says; until the next one an operator may change it. */
  follow({ connections, sessions }: { readonly connections: number; readonly sessions: number }): void {
    this.connections.max = connections;
    this.sessions.max = sessions;
  }

  pause(): number {
    const { connectionRate, sessionRate } = this.#counted;
    return Math.max(waitFor(this.connections, connectionRate), waitFor(this.sessions, sessionRate));
  }
}

function waitFor({ max }: RateLimit, rate: RateOfEvents): number {
  if (max === 0 || rate.read(performance.now()) < max) return 0;
  // The rate of a sliding second: it has room again after the time that one event takes.
  return Math.max(1, Math.ceil(1000 / max));
}
