import type { Reloaded, StartContext } from '@headgate/shared/process/product';
import type { BackendRuntime } from '../backend/runtime.ts';
import type { OpenSession } from '../engine/open-session.ts';
import type { OpenTunnel } from '../engine/tunnels.ts';
import { failures } from '../model/failure.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { RouterRuntime } from '../run/runtime.ts';
import type { Sharing } from '../run/sharing.ts';
import type { PatternStore } from './pattern-store.ts';

/** What commands act on: the running router, and what belongs to its process. */
export interface Desk {
  readonly router: Pick<
    RouterRuntime,
    | 'stats'
    | 'invalid'
    | 'backends'
    | 'tunnels'
    | 'sessions'
    | 'tables'
    | 'limits'
    | 'rates'
    | 'admit'
    | 'gateOf'
    | 'setGate'
    | 'changeServers'
    | 'variables'
    | 'tryServer'
    | 'deploy'
    | 'deployments'
    | 'clearCounters'
    | 'resolvers'
    | 'partOf'
  >;
  readonly version: string;
  /** The configuration in effect. */
  readonly snapshot: () => Snapshot | undefined;
  /** The control sockets: their addresses and levels. */
  readonly sockets: () => readonly { readonly name: string; readonly level: string }[];
  readonly reload: (why: string) => Promise<Reloaded>;
  readonly lists: PatternStore;
  readonly upgrade: () => Promise<string | undefined>;
  readonly processes: StartContext['processes'];
  /** The way to the workers, in their primary. */
  readonly sharing?: Pick<Sharing, 'refresh' | 'everywhere' | 'repeat'> | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

export type ServerRuntime = BackendRuntime['servers'][number];

/** HAProxy's words for a name that leads nowhere. */
const NO_SERVER = 'No such server.\n';
export const NO_BACKEND = 'No such backend.\n';

export interface FoundServer {
  readonly backend: BackendRuntime;
  readonly server: ServerRuntime;
}

/** The server of `backend/server` with its backend, or what is wrong with the name. */
export function findServer({ router }: Pick<Desk, 'router'>, name: string | undefined): FoundServer | string {
  const slash = name?.indexOf('/') ?? -1;
  if (name === undefined || slash < 0) return "Require 'backend/server'.\n";
  const backend = router.backends.get(name.slice(0, slash));
  if (backend === undefined) return NO_BACKEND;
  const server = backend.servers.find(({ config }) => config.name === name.slice(slash + 1));
  return server === undefined ? NO_SERVER : { backend, server };
}

/** What a server is serving. */
export function serverSessions({ router }: Pick<Desk, 'router'>, { key }: ServerRuntime): readonly OpenSession[] {
  return router.sessions.filter(({ exchange }) => exchange.server?.key === key && exchange.placement?.holding === true);
}

/** The tunnels of a server. */
export function serverTunnels({ router }: Pick<Desk, 'router'>, { key }: ServerRuntime): readonly OpenTunnel[] {
  return router.tunnels.filter(({ server }) => server.key === key);
}

/** Ends tunnels with a Close frame, and those of the sessions that are no tunnels with a 502. */
export function endAll(open: readonly OpenSession[], tunnels: readonly OpenTunnel[]): void {
  for (const tunnel of tunnels) tunnel.leave();
  const inTunnels = new Set(tunnels.map(({ exchange }) => exchange));
  for (const session of open) if (!inTunnels.has(session.exchange)) session.kill(failures.shutDown);
}
