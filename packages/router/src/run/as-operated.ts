import type { BackendRuntime } from '../backend/runtime.ts';
import type { Backend, Server, Snapshot } from '../model/snapshot.ts';
import type { Limit } from './connection-limit.ts';

/**
 * The same configuration, loaded again because files that it names have changed, with what operators have changed since: servers
 * that they added, moved or removed, and limits. Otherwise a renewed list would undo their work.
 */
export function asOperated(
  snapshot: Snapshot,
  running: ReadonlyMap<string, BackendRuntime>,
  limits: {
    readonly process: Limit;
    readonly frontends: ReadonlyMap<string, Limit>;
    readonly rates: { readonly connections: { readonly max: number }; readonly sessions: { readonly max: number } };
  },
): Snapshot {
  const backends = [...snapshot.backends].map(([name, config]): [string, Backend] => [
    name,
    { ...config, servers: running.get(name)?.config.servers.map(renewedIn(config.servers)) ?? config.servers },
  ]);
  const frontends = snapshot.frontends.map((frontend) => ({
    ...frontend,
    maxconn: limits.frontends.get(frontend.name)?.max ?? frontend.maxconn,
  }));
  return {
    ...snapshot,
    frontends,
    backends: new Map(backends),
    global: {
      ...snapshot.global,
      maxconn: limits.process.max,
      rates: { connections: limits.rates.connections.max, sessions: limits.rates.sessions.max },
    },
  };
}

/** A server as operators left it, with the certificates that its lines name now. */
function renewedIn(servers: readonly Server[]): (server: Server) => Server {
  return (server) => {
    const found = servers.find(({ name }) => name === server.name);
    const tls = found?.tls ?? found?.tlsReady;
    return {
      ...server,
      tls: server.tls && (tls ?? server.tls),
      tlsReady: server.tlsReady && (tls ?? server.tlsReady),
      check: server.check && { ...server.check, tls: found?.check?.tls ?? server.check.tls },
    };
  };
}
