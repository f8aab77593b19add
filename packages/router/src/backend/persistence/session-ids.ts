import type { LearnedSessions } from '../../model/backend.ts';
import type { SessionLearning } from '../../model/persistence.ts';
import { StickTable } from '../../tables/stick-table.ts';

/** Longest session id that is learned: engine.io's have 20 characters. */
const LONGEST = 64;

/** Which server gave out which session id: bounded, the least recently used one is forgotten first. */
export class SessionIds implements LearnedSessions {
  /** With workers, whose tables follow each other. */
  readonly table: StickTable;
  /** With workers: called when something was learned, before the client hears of it. */
  learned: () => void = () => {};
  ask: LearnedSessions['ask'] = undefined;

  /** `now`: monotonic milliseconds. */
  constructor({ size, expire }: SessionLearning, now: () => number) {
    this.table = new StickTable(
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
    return this.table.used;
  }

  find(id: string): string | undefined {
    const known = this.table.peek(id);
    if (known === undefined) return undefined;
    this.table.touch(known);
    return this.table.readText(known, 'server_key');
  }

  learn(id: string, server: string): void {
    if (id.length > LONGEST) return;
    this.assume(id, server);
    this.learned();
  }

  /** Another process has learned it. */
  assume(id: string, server: string): void {
    const entry = this.table.obtain(id);
    if (entry === undefined) return;
    this.table.set(entry, 'server_key', server);
    this.table.touch(entry);
  }
}
