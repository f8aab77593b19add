import { performance } from 'node:perf_hooks';

/** Something with one deadline at a time: monotonic milliseconds, 0 for none. */
export interface Timed {
  deadline: number;
  expired(now: number): void;
}

/** How late a timeout may fire, in milliseconds. */
const TICK = 50;

/**
 * One clock for every connection of an engine. A timer object per request would cost more than the request's own
 * parsing; a scan of all deadlines a few times a second costs next to nothing.
 */
export class Deadlines {
  readonly #members = new Set<Timed>();
  #timer: NodeJS.Timeout | undefined = undefined;

  add(member: Timed): void {
    this.#members.add(member);
    this.#timer ??= setInterval(() => this.#scan(), TICK);
  }

  remove(member: Timed): void {
    this.#members.delete(member);
    if (this.#members.size > 0 || this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #scan(): void {
    const now = performance.now();
    for (const member of this.#members) {
      if (member.deadline !== 0 && now >= member.deadline) {
        member.deadline = 0;
        member.expired(now);
      }
    }
  }
}

/** The deadline `timeout` milliseconds from now; no timeout, no deadline. */
export function deadlineIn(timeout: number): number {
  return timeout === 0 ? 0 : performance.now() + timeout;
}
