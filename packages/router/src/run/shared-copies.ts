import type { Crew } from '@headgate/shared/process/product';
import { followProcessVariable, processVariables } from '../exchange/variables.ts';
import type { World } from '../model/evaluation.ts';
import type { Load, OtherLoads } from '../model/state.ts';
import type { Typed } from '../model/values.ts';
import type { StickTable } from '../tables/stick-table.ts';
import type { LiveLists } from './live-lists.ts';
import { SharedLoads, type LoadChanges, type SavedLoads } from './shared-loads.ts';
import { SharedTables, type Changes, type SavedTables } from './shared-tables.ts';
import { SharedValues, type ValueChange } from './shared-values.ts';

/** What one process tells the others, through the primary, of what each has a copy of; `from`: where it comes from. */
export type CopyMessage =
  /** What has changed in stick tables. */
  | { readonly kind: 'tables'; readonly changes: Changes; readonly from: number }
  /** What the frontends, backends and servers of a worker have now; undefined: it has ended. */
  | { readonly kind: 'loads'; readonly changes: LoadChanges | undefined; readonly from: number }
  /** What has become of variables of the process, and of lists that rules edit. */
  | { readonly kind: 'values'; readonly changes: readonly ValueChange[]; readonly from: number };

/** What a worker that starts gets of them. */
export interface HandedCopies {
  readonly tables: SavedTables;
  readonly loads: SavedLoads;
  readonly variables: ReturnType<typeof processVariables>;
  readonly lists: ReturnType<LiveLists['save']>;
}

export const NO_COPIES: HandedCopies = { tables: {}, loads: [], variables: [], lists: [] };

export interface SharedCopiesParts {
  readonly crew: Crew;
  /** The tables of now, by the names that all processes know them by. */
  readonly tables: () => ReadonlyMap<string, StickTable>;
  readonly lists: LiveLists;
  readonly world: World;
  /** In a worker: what its frontends, backends and servers have now. */
  readonly loads: () => ReadonlyMap<string, Load>;
}

/** What every process of a router has a copy of, which agree within some 25 ms: stick tables, variables, edited lists, and loads. */
export class SharedCopies {
  readonly #parts: SharedCopiesParts;
  readonly #tables: SharedTables;
  readonly #loads: SharedLoads;
  readonly #values: SharedValues;

  constructor(parts: SharedCopiesParts) {
    this.#parts = parts;
    const { crew, tables, lists, world } = parts;
    const { number } = crew;
    const say = (message: CopyMessage): boolean => crew.say(message);
    this.#tables = new SharedTables({ tables, number, say: (changes, from) => say({ kind: 'tables', changes, from }) });
    this.#loads = new SharedLoads({
      read: parts.loads,
      number,
      say: (changes, from) => say({ kind: 'loads', changes, from }),
    });
    this.#values = new SharedValues({
      number,
      say: (changes, from) => say({ kind: 'values', changes, from }),
      take: (change) =>
        change.kind === 'variable'
          ? followProcessVariable(world, change.name, change.value)
          : lists.take(change.file, change.key, change.value),
    });
    lists.edited = (file, key, value) => this.#values.changed({ kind: 'entry', file, key, value });
  }

  /** In a worker: what the others have now. */
  get others(): OtherLoads {
    return this.#loads.ofOthers;
  }

  handOn(): HandedCopies {
    const { world, lists } = this.#parts;
    return {
      tables: this.#tables.handOn(),
      loads: this.#loads.handOn(),
      variables: processVariables(world),
      lists: lists.save(),
    };
  }

  /** The tables of a configuration are in effect, and take what was handed on. */
  followTables({ tables }: HandedCopies): void {
    this.#tables.follow();
    this.#tables.assume(tables);
  }

  /** Its variables, lists, frontends and backends are in effect. */
  followValues({ variables, lists, loads }: HandedCopies, readsLoad: boolean): void {
    for (const [name, value] of variables) followProcessVariable(this.#parts.world, name, value);
    this.#parts.lists.restore(lists);
    this.#loads.assume(loads);
    this.#loads.follow(readsLoad);
  }

  /** A variable of scope `proc` has another value here. */
  variableChanged(name: string, value: Typed | undefined): void {
    this.#values.changed({ kind: 'variable', name, value });
  }

  /** Sends what has changed in tables now. */
  flushTables(): void {
    this.#tables.flush();
  }

  heard(message: CopyMessage): void {
    switch (message.kind) {
      case 'tables':
        return this.#tables.heard(message.changes, message.from);
      case 'loads':
        return this.#loads.heard(message.changes, message.from);
      case 'values':
        return this.#values.heard(message.changes, message.from);
    }
  }

  /** In the primary: a worker has ended. */
  left(worker: number): void {
    this.#tables.left(worker);
    this.#loads.heard(undefined, worker);
  }

  stop(): void {
    for (const part of [this.#tables, this.#loads, this.#values]) part.stop();
  }
}
