import type { Load, OtherLoads } from '../model/state.ts';
import { pauseAfter } from './sharing-pace.ts';

/** What has changed of what a process has, by part; null: nothing any more. */
export type LoadChanges = Readonly<Record<string, Load | null>>;
/** What each worker has, for one that starts. */
export type SavedLoads = readonly (readonly [worker: number, loads: LoadChanges])[];

export interface SharedLoadsParts {
  /** What this process has now, as far as it is anything. */
  readonly read: () => ReadonlyMap<string, Load>;
  /** 0 for the primary. */
  readonly number: number;
  /** `changes` undefined: the process has ended. False: the others read too slowly. */
  readonly say: (changes: LoadChanges | undefined, from: number) => boolean;
}

/**
 * What frontends, backends and servers have in other workers (`be_conn`, `queue`…). Each reports what has changed, every 20 ms; the
 * primary passes it on. Only where a configuration reads it.
 */
export class SharedLoads {
  readonly #parts: SharedLoadsParts;
  readonly #workers = new Map<number, Map<string, Load>>();
  #reported: ReadonlyMap<string, Load> = new Map();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: SharedLoadsParts) {
    this.#parts = parts;
  }

  /** A configuration is in effect. `wanted`: it reads loads. */
  follow(wanted: boolean): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (wanted && this.#parts.number > 0) this.#report();
  }

  readonly ofOthers: OtherLoads = (part) => {
    const sum = { current: 0, queued: 0, sessions: 0, requests: 0, maxconn: 0, maxqueue: 0 };
    for (const loads of this.#workers.values()) {
      const load = loads.get(part);
      if (load === undefined) continue;
      sum.current += load.current;
      sum.queued += load.queued;
      sum.sessions += load.sessions;
      sum.requests += load.requests;
      sum.maxconn += load.maxconn;
      sum.maxqueue += load.maxqueue;
    }
    return sum;
  };

  handOn(): SavedLoads {
    return [...this.#workers].map(([worker, loads]) => [worker, Object.fromEntries(loads)]);
  }

  assume(saved: SavedLoads): void {
    for (const [worker, loads] of saved) this.heard(loads, worker);
  }

  heard(changes: LoadChanges | undefined, from: number): void {
    const { number, say } = this.#parts;
    if (from === number) return;
    if (changes === undefined) this.#workers.delete(from);
    else {
      const loads = this.#workers.get(from) ?? new Map<string, Load>();
      this.#workers.set(from, loads);
      for (const [part, load] of Object.entries(changes))
        if (load === null) loads.delete(part);
        else loads.set(part, load);
    }
    if (number === 0) say(changes, from);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #report(): void {
    const now = this.#parts.read();
    const changes = changesBetween(this.#reported, now);
    this.#reported = now;
    const some = Object.keys(changes).length > 0;
    const heard = some ? this.#parts.say(changes, this.#parts.number) : true;
    this.#timer = setTimeout(() => this.#report(), pauseAfter(heard)).unref();
  }
}

function changesBetween(before: ReadonlyMap<string, Load>, now: ReadonlyMap<string, Load>): LoadChanges {
  const changed = [...now].filter(([part, load]) => !same(before.get(part), load));
  const gone = [...before.keys()].filter((part) => !now.has(part)).map((part) => [part, null] as const);
  return Object.fromEntries<Load | null>([...changed, ...gone]);
}

function same(before: Load | undefined, now: Load): boolean {
  return (
    before !== undefined &&
    before.current === now.current &&
    before.queued === now.queued &&
    before.sessions === now.sessions &&
    before.requests === now.requests &&
    before.maxconn === now.maxconn &&
    before.maxqueue === now.maxqueue
  );
}
