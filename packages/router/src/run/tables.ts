import { Clock } from '@headgate/shared/time/clock';
import type { Tables } from '../tables/tracking.ts';
import { StickTable } from '../tables/stick-table.ts';
import type { TableSpec } from '../tables/stick-table.ts';

/** How often expired keys are removed, in milliseconds. They count no longer before that; they only hold memory. */
const SWEEP = 1000;

/** The stick tables of the running router. One whose definition stays keeps its keys under the next configuration. */
export class TableStore {
  readonly #now: () => number;
  #tables: ReadonlyMap<string, StickTable> = new Map();
  readonly #clock = new Clock(SWEEP, () => {
    for (const table of this.#tables.values()) table.expire();
  });

  /** `now`: monotonic milliseconds. */
  constructor(now: () => number) {
    // Whole and above 0, whatever the clock began with: see rate.ts.
    this.#now = () => Math.floor(now()) + 2;
  }

  /** The tables of now; undefined when there are none. */
  get all(): Tables | undefined {
    return this.#tables.size === 0 ? undefined : this.#tables;
  }

  follow(specs: readonly TableSpec[]): void {
    const before = this.#tables;
    this.#tables = new Map(
      specs.map((spec) => {
        const known = before.get(spec.name);
        const same = known !== undefined && JSON.stringify(known.spec) === JSON.stringify(spec);
        return [spec.name, same ? known : new StickTable(spec, this.#now)];
      }),
    );
    if (specs.length === 0) this.#clock.stop();
    else this.#clock.start({ background: true });
  }

  stop(): void {
    this.#clock.stop();
  }
}
