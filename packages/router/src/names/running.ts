import type { BackendRuntime } from '../backend/runtime.ts';
import type { ServerRuntime } from '../backend/server.ts';
import type { Resolvers } from '../model/names.ts';
import { Hosts, type Named } from './hosts.ts';
import { NameserverClient } from './nameserver.ts';
import { Lookups } from './once.ts';
import { firstType } from './query.ts';
import type { Records } from './records.ts';
import { Resolution, type ResolutionDeps } from './resolution.ts';
import { Services } from './services.ts';

/** The servers of one name, and its resolution. */
interface Group {
  readonly user: Hosts | Services;
  readonly resolution: Resolution<ServerRuntime>;
}

/** A running `resolvers` section: its name servers, and the names that are looked up for servers. */
export class RunningResolvers {
  readonly config: Resolvers;
  readonly nameservers: readonly NameserverClient[];
  /** Names that rules look up. */
  readonly lookups: Lookups;
  readonly #deps: ResolutionDeps;
  readonly #groups = new Map<string, Group>();
  /** The group of each server, and of the target of the SRV record that it serves. */
  readonly #placed = new Map<ServerRuntime, string>();
  readonly #targets = new Map<ServerRuntime, string>();

  constructor(config: Resolvers, deps: ResolutionDeps) {
    this.config = config;
    this.#deps = deps;
    this.nameservers = config.nameservers.map((server) => new NameserverClient(server, config.payload));
    this.lookups = new Lookups(this.nameservers, config, deps);
  }

  /** Looks up the names of these servers from now on, and no others. Those that are looked up already go on undisturbed. */
  follow(servers: readonly Named[]): void {
    const wanted = new Set(servers.map(({ server }) => server));
    for (const [server, key] of this.#placed) {
      if (wanted.has(server)) continue;
      this.#leave(server, key);
      this.#placed.delete(server);
    }
    for (const named of servers) {
      const { names } = named.server.written;
      if (names === undefined || this.#placed.has(named.server)) continue;
      // Each backend shares the records of a service out among its own servers.
      const key = `${firstType(names)} ${names.name.toLowerCase()} ${names.service ? named.backend.config.name : ''}`;
      this.#placed.set(named.server, key);
      this.#join(key, names.name, names.service, names.prefer, named);
    }
  }

  stop(): void {
    for (const { resolution } of this.#groups.values()) resolution.stop();
    this.#groups.clear();
    this.lookups.stop();
    for (const nameserver of this.nameservers) nameserver.close();
  }

  #join(key: string, name: string, service: boolean, prefer: 4 | 6, named: Named): void {
    const group = this.#groups.get(key) ?? this.#newGroup(key, name, service, prefer);
    group.user.add(named);
  }

  #newGroup(key: string, name: string, service: boolean, prefer: 4 | 6): Group {
    const user: Hosts | Services = service
      ? new Services({
          add: (named, target) => this.#lookUpTarget(named, target),
          delete: (server) => this.#forgetTarget(server),
        })
      : new Hosts(
          this.config.name,
          (): Records<ServerRuntime> | undefined => this.#groups.get(key)?.resolution.records,
        );
    const question = { name, type: firstType({ service, prefer }) };
    const group = { user, resolution: new Resolution(question, this.nameservers, this.config, this.#deps, user) };
    this.#groups.set(key, group);
    return group;
  }

  #leave(server: ServerRuntime, key: string): void {
    const group = this.#groups.get(key);
    group?.user.delete(server);
    if (group === undefined || group.user.size > 0) return;
    group.resolution.stop();
    this.#groups.delete(key);
  }

  #lookUpTarget(named: Named, target: string): void {
    const { prefer = 6 } = named.server.written.names ?? {};
    const key = `${firstType({ service: false, prefer })} ${target} `;
    this.#targets.set(named.server, key);
    this.#join(key, target, false, prefer, named);
  }

  #forgetTarget(server: ServerRuntime): void {
    const key = this.#targets.get(server);
    this.#targets.delete(server);
    if (key !== undefined) this.#leave(server, key);
  }
}

/** The servers of these backends whose names one section looks up. */
export function namedServers(backends: readonly BackendRuntime[], resolvers: string): readonly Named[] {
  return backends.flatMap((backend) =>
    backend.servers
      .filter(({ written }) => written.names?.resolvers === resolvers)
      .map((server) => ({ backend, server })),
  );
}
