import { performance } from 'node:perf_hooks';
import type { BackendRuntime } from '../backend/runtime.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { firstAddresses, systemAddress, type First } from '../names/first.ts';
import { namedServers, RunningResolvers } from '../names/running.ts';
import { after } from './timer.ts';

/** The names of the servers of the running router: their first addresses, and the name servers that are asked afterwards. */
export class Names {
  readonly #warn: (message: string) => void;
  readonly #follows: boolean;
  readonly #running = new Map<string, RunningResolvers>();

  /** `follows`: in a worker, whose primary looks up the names of servers. */
  constructor(warn: (message: string) => void, follows: boolean) {
    this.#warn = warn;
    this.#follows = follows;
  }

  /** The running `resolvers` sections, in the order of the file. */
  get resolvers(): readonly RunningResolvers[] {
    return [...this.#running.values()];
  }

  /** Looks for the first addresses of a configuration that is about to take effect. */
  async first(snapshot: Snapshot, backends: ReadonlyMap<string, BackendRuntime>): Promise<ReadonlyMap<string, First>> {
    if (this.#follows) return new Map();
    const known = (key: string, name: string): string | undefined => {
      const slash = key.indexOf('/');
      const servers = backends.get(key.slice(0, slash))?.servers;
      const server = servers?.find(({ config }) => config.name === key.slice(slash + 1));
      return server?.written.names?.name === name ? server.place?.host : undefined;
    };
    return firstAddresses(snapshot, { known, system: systemAddress });
  }

  /**
   * The configuration takes effect: servers get their first addresses, without a word, and those that had one may move. From now on
   * their names are looked up.
   */
  begin(first: ReadonlyMap<string, First>, sections: Snapshot['resolvers'], backends: readonly BackendRuntime[]): void {
    for (const backend of backends)
      for (const server of backend.servers) {
        if (server.written.names === undefined) continue;
        const { host, warning } = first.get(server.key) ?? {};
        if (warning !== undefined) this.#warn(`server ${server.key}: ${warning}`);
        if (host === undefined || server.place?.host === host) continue;
        if (server.place === undefined) backend.named.begin(server, { host });
        else backend.named.move(server, { ...server.place, host }, 'libc', false);
      }
    this.#follow(sections, backends);
  }

  /** A section whose settings changed is started again. */
  #follow(sections: Snapshot['resolvers'], backends: readonly BackendRuntime[]): void {
    for (const [name, running] of this.#running) {
      if (JSON.stringify(sections.get(name)) === JSON.stringify(running.config)) continue;
      running.stop();
      this.#running.delete(name);
    }
    const before = new Map(this.#running);
    this.#running.clear();
    for (const [name, config] of sections) {
      const running = before.get(name) ?? new RunningResolvers(config, { now: () => performance.now(), after });
      this.#running.set(name, running);
    }
    this.serversChanged(backends);
  }

  /** Looks up the names of the servers of these backends, and no others. */
  serversChanged(backends: readonly BackendRuntime[]): void {
    if (this.#follows) return;
    for (const [name, running] of this.#running) running.follow(namedServers(backends, name));
  }

  /** Looks up a name for a rule. A section that a reload took away knows no name. */
  lookUp(resolvers: string, name: string, prefer: 4 | 6, done: (address: string | undefined) => void): void {
    const running = this.#running.get(resolvers);
    if (running === undefined) done(undefined);
    else running.lookups.look(name, prefer, done);
  }

  stop(): void {
    for (const running of this.#running.values()) running.stop();
    this.#running.clear();
  }
}
