import { addressText } from '@headgate/shared/net/endpoint';
import type { ServerRuntime } from '../backend/server.ts';
import type { Backend, Server, Snapshot } from '../model/snapshot.ts';

/** A server that runs at another address than the configuration says, because an operator deployed it there. */
export interface Deployment {
  /** The address in the configuration. */
  readonly configured: Server['address'];
  readonly from: Server['address'];
  readonly to: Server['address'];
  /** What served at the address before; it finishes what it has. A worker that has started since then never had it. */
  readonly old: ServerRuntime | undefined;
}

/** A deployment as it is sent to a worker that starts: plain data. */
export type SavedDeployment = Omit<Deployment, 'old'> & { readonly key: string };

/**
 * Deployments by `backend/server`. They outlive a reload as long as the configuration names the address it named before: then it was
 * loaded for another reason. When it names any other, that one holds.
 */
export class Deployments {
  readonly #all = new Map<string, Deployment>();

  get(key: string): Deployment | undefined {
    return this.#all.get(key);
  }

  note(key: string, old: ServerRuntime, to: Server['address']): void {
    const from = old.config.address;
    this.#all.set(key, { configured: this.#all.get(key)?.configured ?? from, from, to, old });
  }

  save(): readonly SavedDeployment[] {
    return [...this.#all].map(([key, { configured, from, to }]) => ({ key, configured, from, to }));
  }

  /** Those that were made before this worker started. */
  assume(saved: readonly SavedDeployment[]): void {
    for (const { key, ...addresses } of saved)
      if (!this.#all.has(key)) this.#all.set(key, { ...addresses, old: undefined });
  }

  /** Servers that do not run where the configuration says, with both addresses. */
  get unwritten(): readonly { readonly key: string; readonly to: string; readonly configured: string }[] {
    return [...this.#all].flatMap(([key, { to, configured }]) =>
      textOf(to) === textOf(configured) ? [] : [{ key, to: textOf(to), configured: textOf(configured) }],
    );
  }

  /** A loaded configuration with the servers where they were deployed. */
  keep(snapshot: Snapshot): Snapshot {
    if (this.#all.size === 0) return snapshot;
    const backends = [...snapshot.backends].map(([name, backend]): [string, Backend] => [
      name,
      { ...backend, servers: backend.servers.map((server) => this.#kept(`${name}/${server.name}`, server)) },
    ]);
    return { ...snapshot, backends: new Map(backends) };
  }

  /** Forgets those that a loaded configuration has overtaken. Returns what is to be said of the others. */
  settle({ backends }: Snapshot): readonly string[] {
    for (const [key, { configured }] of this.#all) {
      const slash = key.lastIndexOf('/');
      const server = backends.get(key.slice(0, slash))?.servers.find(({ name }) => name === key.slice(slash + 1));
      if (server === undefined || textOf(server.address) !== textOf(configured)) this.#all.delete(key);
    }
    return this.unwritten.map(
      ({ key, to, configured }) =>
        `server ${key} stays at ${to}, where it was deployed; the configuration says ${configured}`,
    );
  }

  #kept(key: string, server: Server): Server {
    const deployed = this.#all.get(key);
    const unchanged = deployed !== undefined && textOf(deployed.configured) === textOf(server.address);
    return unchanged ? { ...server, address: deployed.to } : server;
  }
}

export function textOf(address: Server['address']): string {
  return address.kind === 'unix' ? address.path : addressText(address.host, address.port);
}
