import { performance } from 'node:perf_hooks';
import type { ProcessView } from '../stats/view.ts';
import { addCounters, plainCounters, showCounters, withoutNow, type PlainCounters } from '../stats/sums.ts';

/** Something that is counted, by a name that is the same in every process. */
export interface CountedPart {
  readonly name: string;
  readonly counters: object;
  /** What it has open, and what waits for it. */
  readonly current: number;
  readonly queued: number;
  /** Shows what other processes have. */
  show(current: number, queued: number): void;
}

interface Part {
  readonly counters: PlainCounters;
  readonly current: number;
  readonly queued: number;
}

type OfProcess = Pick<ProcessView, 'memory' | 'idle' | 'bytesOutRate' | 'loopDelay' | 'droppedLogs' | 'waiting'>;

/** What a worker sends the primary, once a second and on request. */
export interface WorkerCounts {
  readonly parts: Readonly<Record<string, Part>>;
  readonly process: OfProcess;
}

export function countsOf(parts: readonly CountedPart[], process: OfProcess): WorkerCounts {
  const now = performance.now();
  const plain = parts.map(
    ({ name, counters, current, queued }) =>
      [name, { counters: plainCounters(counters, now), current, queued }] as const,
  );
  return { parts: Object.fromEntries(plain), process };
}

/** In the primary: what all workers have counted, those that have ended included. */
export class CrewCounts {
  readonly #workers = new Map<number, WorkerCounts>();
  readonly #ended = new Map<string, PlainCounters>();

  heard(worker: number, counts: WorkerCounts): void {
    this.#workers.set(worker, counts);
  }

  left(worker: number): void {
    const { parts = {} } = this.#workers.get(worker) ?? {};
    this.#workers.delete(worker);
    for (const [name, { counters }] of Object.entries(parts))
      this.#ended.set(name, addCounters(this.#ended.get(name), withoutNow(counters)));
  }

  /** Makes the parts of this process show the sums. Forgets what is no part any more. */
  show(parts: readonly CountedPart[]): void {
    const names = new Set(parts.map(({ name }) => name));
    for (const name of this.#ended.keys()) if (!names.has(name)) this.#ended.delete(name);
    for (const part of parts) {
      const all = [...this.#workers.values()].flatMap(({ parts: { [part.name]: one } }) =>
        one === undefined ? [] : [one],
      );
      const counters = all.reduce<PlainCounters | undefined>(
        (sum, one) => addCounters(sum, one.counters),
        this.#ended.get(part.name),
      );
      if (counters !== undefined) showCounters(part.counters, counters);
      const total = (of: (one: Part) => number): number => all.reduce((sum, one) => sum + of(one), 0);
      part.show(
        total(({ current }) => current),
        total(({ queued }) => queued),
      );
    }
  }

  /** What is said of the process, of all of them: the worst delay, the mean of idle time, the sum of the rest. */
  process(own: ProcessView): ProcessView {
    const all = [...this.#workers.values()].map(({ process }) => process);
    if (all.length === 0) return own;
    const sum = (of: (one: OfProcess) => number): number => all.reduce((total, one) => total + of(one), 0);
    const delays = all.flatMap(({ loopDelay }) => (loopDelay === undefined ? [] : [loopDelay]));
    const worst = delays.toSorted((one, other) => other.p99 - one.p99)[0];
    return {
      ...own,
      memory: own.memory + sum(({ memory }) => memory),
      idle: sum(({ idle }) => idle) / all.length,
      bytesOutRate: sum(({ bytesOutRate }) => bytesOutRate),
      loopDelay: worst,
      droppedLogs: own.droppedLogs + sum(({ droppedLogs }) => droppedLogs),
      waiting: sum(({ waiting }) => waiting),
    };
  }

  /** `clear counters all`: of those that have ended. The others clear their own. */
  clear(): void {
    this.#ended.clear();
  }
}
