import type { LearnedSessions } from '../../model/backend.ts';
import type { SessionLearning } from '../../model/persistence.ts';
import { StickTable } from '../../tables/stick-table.ts';

/** Longest session id that is learned: engine.io's have 20 characters. */
const LONGEST = 64;

/** Which server gave out which session id: bounded, the least recently used one is forgotten first. */
export class SessionIds implements LearnedSessions {
  readonly #table: StickTable;

  /** `now`: monotonic milliseconds. */
  constructor({ size, expire }: SessionLearning, now: () => number) {
    this.#table = new StickTable(
      {
        name: 'sessions',
        type: 'string',
        length: LONGEST,
        size,
        expire,
        nopurge: false,
        stored: [{ type: 'server_key', period: 0, size: 1 }],
      },
      now,
    );
  }

  get used(): number {
    return this.#table.used;
  }

  find(id: string): string | undefined {
    const known = this.#table.peek(id);
    if (known === undefined) return undefined;
    this.#table.touch(known);
    return this.#table.readText(known, 'server_key');
  }

  learn(id: string, server: string): void {
    const entry = id.length > LONGEST ? undefined : this.#table.obtain(id);
    if (entry === undefined) return;
    this.#table.set(entry, 'server_key', server);
    this.#table.touch(entry);
  }
}
