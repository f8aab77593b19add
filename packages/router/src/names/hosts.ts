import type { BackendRuntime } from '../backend/runtime.ts';
import type { ServerRuntime } from '../backend/server.ts';
import { chooseAddress, preferencesOf, type Preferences } from './choose.ts';
import type { Asked, Trouble } from './query.ts';
import type { Known, Records } from './records.ts';
import type { ResolutionUser } from './resolution.ts';

/** A server whose address is looked up. */
export interface Named {
  readonly backend: BackendRuntime;
  readonly server: ServerRuntime;
  /** What an SRV record says of it besides the name. */
  readonly service?: { readonly port: number; readonly name: string } | undefined;
}

/** Why a server has no address, in HAProxy's words. */
const CAUSES = {
  nx: 'DNS NX status',
  timeout: 'DNS timeout status',
  refused: 'DNS refused status',
  other: 'unspecified DNS error',
} as const satisfies Record<Trouble, string>;

/** The servers of one name: each gets an address of it, and in one backend no two the same one. */
export class Hosts implements ResolutionUser<ServerRuntime> {
  readonly #resolvers: string;
  readonly #servers = new Map<ServerRuntime, Named & { readonly wishes: Preferences }>();
  readonly #records: () => Records<ServerRuntime> | undefined;

  /** `records`: those of the name, while it is looked up. */
  constructor(resolvers: string, records: () => Records<ServerRuntime> | undefined) {
    this.#resolvers = resolvers;
    this.#records = records;
  }

  get size(): number {
    return this.#servers.size;
  }

  /** A server that is added gets its address with the next response. */
  add(named: Named): void {
    const { names } = named.server.written;
    if (names !== undefined) this.#servers.set(named.server, { ...named, wishes: preferencesOf(names) });
  }

  delete(server: ServerRuntime): void {
    this.#servers.delete(server);
    for (const { users } of this.#records()?.all ?? []) users.delete(server);
  }

  answered(records: Records<ServerRuntime>, left: readonly Known<ServerRuntime>[], by: Asked): void {
    for (const { users } of left) users.clear();
    let label = `${this.#resolvers}/${by.config.name}`;
    for (const named of this.#servers.values()) {
      if (this.#place(named, records, label) && label !== 'DNS cache') by.counters.update += 1;
      label = 'DNS cache';
    }
  }

  failed(why: Trouble, left: readonly Known<ServerRuntime>[]): void {
    for (const { users } of left) users.clear();
    for (const { backend, server } of this.#servers.values()) backend.named.lose(server, CAUSES[why]);
  }

  /** True when the server got another address. */
  #place(named: Named & { readonly wishes: Preferences }, records: Records<ServerRuntime>, by: string): boolean {
    const { backend, server, service, wishes } = named;
    const { all } = records;
    const own = all.find(({ users }) => users.has(server));
    // What the operator gave it (`set server addr`) stays until the record goes.
    if (own !== undefined && !server.unresolved) return false;
    const chosen = chooseAddress(all, wishes, server.place?.host, ({ users }) =>
      [...users].some((other) => other !== server && other.backend === server.backend),
    );
    records.turn();
    if (chosen === undefined || chosen.record.type === 'SRV') {
      // HAProxy's log has this blank.
      backend.named.lose(server, 'No IP for server ');
      return false;
    }
    chosen.users.add(server);
    const { address: host } = chosen.record;
    const from = server.place;
    if (from?.host === host && from.port === service?.port && from.name === service?.name) return false;
    backend.named.move(server, { host, port: service?.port, name: service?.name }, by);
    return from?.host !== host;
  }
}
