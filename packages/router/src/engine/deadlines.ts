import { Clock } from '@headgate/shared/time/clock';
import type { Timeouts } from '../model/snapshot.ts';

/** Something with one deadline at a time: monotonic milliseconds, 0 for none. */
export interface Timed {
  deadline: number;
  expired(now: number): void;
}

/** How late a timeout may fire, in milliseconds. */
const TICK = 50;
/** So long without a tick, and the process did not run (SIGSTOP, a suspended machine). Milliseconds. */
const STALL = 1000;

/**
 * One clock for every connection of an engine. A timer object per request would cost more than the request's own
 * parsing; a scan of all deadlines a few times a second costs next to nothing.
 */
export class Deadlines {
  readonly #members = new Set<Timed>();
  /** Ticks while there are members. */
  readonly #clock = new Clock(TICK, (now, since) => this.#tick(now, since));

  add(member: Timed): void {
    this.#members.add(member);
    this.#clock.start();
  }

  /** The deadline `timeout` milliseconds from now, at most one tick early or late; no timeout, no deadline. */
  in(timeout: number): number {
    return timeout === 0 ? 0 : this.#clock.current() + timeout + TICK;
  }

  remove(member: Timed): void {
    this.#members.delete(member);
    if (this.#members.size === 0) this.#clock.stop();
  }

  #tick(now: number, missed: number): void {
    // Time in which nothing could be read does not count as silence.
    if (missed > STALL) for (const member of this.#members) if (member.deadline !== 0) member.deadline += missed;
    // After a late tick the request that a connection is about to be closed for may have arrived in time: it is read first.
    setImmediate(() => this.#expire(now));
  }

  #expire(now: number): void {
    for (const member of this.#members) {
      if (member.deadline === 0 || now < member.deadline) continue;
      member.deadline = 0;
      member.expired(now);
    }
  }
}

/** The shorter of two timeouts, where 0 means none. */
export function shorter(one: number, other: number): number {
  if (one === 0) return other;
  return other === 0 ? one : Math.min(one, other);
}

/** How long a client has for the head of a request: `timeout http-request`, or `timeout client` where that is shorter. */
export function headTimeout({ httpRequest, client }: Timeouts): number {
  return shorter(httpRequest, client);
}

/** How long a tunnel may be silent, and how long once one side has finished: `timeout tunnel` and the fin timeouts. */
export function tunnelTimeouts(front: Timeouts, back: Timeouts): { readonly silent: number; readonly fin: number } {
  return {
    silent: back.tunnel || front.tunnel || shorter(front.client, back.server),
    fin: shorter(front.clientFin || front.client, back.serverFin || back.server),
  };
}
