import type { ServerState } from '../../model/backend.ts';
import type { Evaluation } from '../../model/evaluation.ts';
import type { StickRule } from '../../model/persistence.ts';
import type { StickTable } from '../../tables/stick-table.ts';
import type { TableEntry } from '../../tables/table-entry.ts';

/** Keys that one exchange stores (HAProxy's limit). */
const MOST = 8;

/** A key to be stored once the server is known. */
interface Store {
  readonly table: StickTable;
  readonly key: string;
}

/** The stick rules of one exchange: what they find in their tables, and what they will store there. */
export class Sticking {
  readonly #stores: Store[] = [];
  /** The first so many are from the request. */
  #requested = 0;

  /**
   * `stick match`, `stick store-request` and `stick on`, in their order. `usable` says whether a server may be taken; the first
   * one found counts. Of the stores for a table the first one that has a key does.
   */
  match(
    rules: readonly StickRule[],
    servers: readonly ServerState[],
    on: Evaluation,
    usable: (server: ServerState) => boolean,
  ): { readonly server: ServerState; readonly rule: StickRule } | undefined {
    let found: ReturnType<Sticking['match']>;
    for (const rule of rules) {
      const table = on.tracking?.tables.get(rule.table);
      if (table === undefined || (rule.stores && this.#has(table, 0)) || !(rule.when?.(on) ?? true)) continue;
      const key = rule.key(on, table.spec);
      if (key === undefined) continue;
      const entry = rule.matches ? table.peek(key) : undefined;
      if (entry !== undefined) {
        const server = found === undefined ? serverOf(table, entry, servers) : undefined;
        if (server !== undefined && usable(server)) found = { server, rule };
        table.touch(entry);
      }
      if (rule.stores) this.#add({ table, key });
    }
    this.#requested = this.#stores.length;
    return found;
  }

  /** `stick store-response`; then everything is stored, with the server that answered. */
  store(rules: readonly StickRule[], on: Evaluation, server: ServerState): void {
    for (const rule of rules) {
      const table = on.tracking?.tables.get(rule.table);
      if (table === undefined || this.#has(table, this.#requested) || !(rule.when?.(on) ?? true)) continue;
      const key = rule.key(on, table.spec);
      if (key !== undefined) this.#add({ table, key });
    }
    const stores = this.#stores.splice(0);
    this.#requested = 0;
    if (server.config.nonStick) return;
    for (const { table, key } of stores) {
      const entry = table.obtain(key);
      if (entry === undefined) continue;
      table.set(entry, 'server_id', server.config.id);
      table.set(entry, 'server_key', keyOf(table, server));
      table.touch(entry);
    }
  }

  /** Something is stored there already; from the response rules' point of view, by one of them. */
  #has(table: StickTable, from: number): boolean {
    return this.#stores.some((store, index) => index >= from && store.table === table);
  }

  #add(store: Store): void {
    if (this.#stores.length < MOST) this.#stores.push(store);
  }
}

/** The server an entry names: by its key, or else by its number. */
function serverOf(table: StickTable, entry: TableEntry, servers: readonly ServerState[]): ServerState | undefined {
  const key = table.readText(entry, 'server_key');
  const named = key === undefined ? undefined : servers.find((server) => keyOf(table, server) === key);
  const id = table.read(entry, 'server_id');
  return named ?? servers.find(({ config }) => config.id === id);
}

/** `srvkey name`, the default, or `srvkey addr`, which survives that servers are renamed or reordered. */
function keyOf({ spec }: StickTable, { config: { name, address } }: ServerState): string {
  if (spec.serverKey !== 'addr') return name;
  return address.kind === 'unix' ? address.path : `${address.host}:${address.port}`;
}
