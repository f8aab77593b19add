import type { Link } from '@headgate/shared/net/link';
import type { FrontendContext } from '../../exchange/context.ts';
import type { ServerState } from '../../model/backend.ts';
import type { ConnectionFacts } from '../../model/facts.ts';
import type { CreateEngine, Engine } from '../contract.ts';
import type { Draining } from '../drain.ts';
import { ClientConnection, type ConnectionHost } from './client-connection.ts';
import { Deadlines } from '../deadlines.ts';
import type { OpenSession } from '../open-session.ts';
import { Tunnels } from '../tunnels.ts';
import { Pool } from './pool.ts';

/**
 * The default data path: links, our own strict HTTP/1.1 parser, pooled server connections, bytes forwarded
 * untouched. One instance per frontend.
 */
class WireEngine implements Engine, ConnectionHost {
  context: FrontendContext;
  readonly pool: Pool;
  readonly deadlines: Deadlines;
  readonly tunnels = new Tunnels();
  draining: Draining = 'no';
  readonly #connections = new Set<ClientConnection>();

  constructor(context: FrontendContext, pool: Pool, deadlines: Deadlines) {
    this.context = context;
    this.pool = pool;
    this.deadlines = deadlines;
  }

  serve(link: Link, facts: ConnectionFacts, head: Buffer): void {
    const connection = new ClientConnection(this, link, facts);
    this.#connections.add(connection);
    this.deadlines.add(connection);
    connection.begin(head);
    if (this.draining !== 'no') connection.drain();
  }

  gone(connection: ClientConnection): void {
    this.#connections.delete(connection);
    this.deadlines.remove(connection);
  }

  get connections(): number {
    return this.#connections.size;
  }

  get sessions(): readonly OpenSession[] {
    return [...this.#connections].flatMap(({ session }) => session ?? []);
  }

  retire(server: ServerState, within = this.context.global.drainTimeout): void {
    this.pool.retire(server);
    this.tunnels.retire(server, within);
  }

  moved(server: ServerState): void {
    this.pool.retire(server);
  }

  drain(within?: number, handedOver = false): void {
    this.draining = handedOver ? 'late' : 'soon';
    if (within !== undefined) this.tunnels.drain(within);
    for (const connection of this.#connections) connection.drain();
  }

  close(): void {
    this.draining = 'soon';
    for (const connection of this.#connections) connection.destroy();
    this.pool.close();
  }
}

/** Engines made by one call share their idle server connections and their clock. */
export function wireEngines(): CreateEngine {
  const deadlines = new Deadlines();
  const pool = new Pool(deadlines);
  return (context) => new WireEngine(context, pool, deadlines);
}
