import { partOf } from '@headgate/shared/metrics/sum';
import type { Backend, Frontend, Snapshot } from '../model/snapshot.ts';

/**
 * The configuration as one worker follows it: limits are divided, so that all workers together keep them. The parts are fixed; a worker
 * that has used up its own lets requests wait although another one may have room.
 */
export function partOfSnapshot(snapshot: Snapshot, worker: number, workers: number): Snapshot {
  const part = (limit: number): number => partOf(limit, worker, workers);
  const { global } = snapshot;
  return {
    ...snapshot,
    global: {
      ...global,
      maxconn: part(global.maxconn),
      rates: { connections: part(global.rates.connections), sessions: part(global.rates.sessions) },
    },
    frontends: snapshot.frontends.map((frontend): Frontend => ({
      ...frontend,
      maxconn: part(frontend.maxconn),
      sessionRate: part(frontend.sessionRate),
      binds: frontend.binds.map((bind) => ({ ...bind, maxconn: part(bind.maxconn) })),
    })),
    backends: new Map(
      [...snapshot.backends].map(([name, backend]): [string, Backend] => [
        name,
        {
          ...backend,
          fullconn: part(backend.fullconn),
          servers: backend.servers.map((server) => ({
            ...server,
            maxconn: part(server.maxconn),
            minconn: part(server.minconn),
            maxqueue: part(server.maxqueue),
            poolMaxConn: server.poolMaxConn < 0 ? server.poolMaxConn : part(server.poolMaxConn),
          })),
        },
      ]),
    ),
  };
}
