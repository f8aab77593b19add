import type { ServerState } from '../backend/contract.ts';
import type { Backend, ConnectionMode } from '../config/snapshot.ts';

/**
 * May other requests use a connection to this server later? Not when a mode or a limit says one request each, nor when
 * it carries one client's addresses (`send-proxy`).
 */
export function mayPool(front: ConnectionMode, backend: Backend, server: ServerState): boolean {
  const { poolMaxConn, sendProxy } = server.config;
  const kept = front === 'keep-alive' && backend.connectionMode === 'keep-alive' && backend.reuse !== 'never';
  return kept && poolMaxConn !== 0 && sendProxy === 0;
}
