import type { RateOfEvents } from '../model/counters.ts';

/** A limit of events per second; 0 is no limit. */
export interface RateLimit {
  max: number;
}

/** What tells how many milliseconds it takes until one more may begin: 0 for now. */
export interface Pace {
  pause(now: number): number;
}

/** The limit of a frontend's new sessions per second (`rate-limit sessions`); none for 0. */
export function pacesOf(max: number, counted: { readonly sessionRate: RateOfEvents }): readonly Pace[] {
  return max === 0 ? [] : [{ pause: (now) => waitFor({ max }, counted.sessionRate, now) }];
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

  get limited(): boolean {
    return this.connections.max > 0 || this.sessions.max > 0;
  }

  /** Milliseconds until one more may begin, 0 when it may now. */
  pause(now: number): number {
    if (!this.limited) return 0;
    const { connectionRate, sessionRate } = this.#counted;
    return Math.max(waitFor(this.connections, connectionRate, now), waitFor(this.sessions, sessionRate, now));
  }
}

function waitFor({ max }: RateLimit, rate: RateOfEvents, now: number): number {
  if (max === 0 || rate.read(now) < max) return 0;
  // The rate of a sliding second: it has room again after the time that one event takes.
  return Math.max(1, Math.ceil(1000 / max));
}
