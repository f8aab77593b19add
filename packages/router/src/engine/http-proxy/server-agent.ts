import { Agent, type ClientRequestArgs } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ServerState } from '../../backend/contract.ts';

/** Idle connections kept for one server when `pool-max-conn` does not say. */
const IDLE_PER_SERVER = 256;

/** Keep-alive agents, one for each server: idle connections of two servers never meet. */
export class ServerAgents {
  readonly #agents = new Map<ServerState, Agent>();

  of(server: ServerState): Agent {
    let agent = this.#agents.get(server);
    if (agent === undefined) {
      const { poolMaxConn, poolPurgeDelay } = server.config;
      agent = new Agent({
        keepAlive: true,
        maxFreeSockets: poolMaxConn < 0 ? IDLE_PER_SERVER : poolMaxConn,
        ...(poolPurgeDelay > 0 ? { timeout: poolPurgeDelay } : {}),
      });
      this.#agents.set(server, agent);
    }
    return agent;
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }
}

/** One connection for one request: `greeting` (a PROXY header) goes first; a tunnel made of it can be half-closed. */
export class SingleUseAgent extends Agent {
  readonly #greeting: Buffer | undefined;

  constructor(greeting: Buffer | undefined) {
    super({ keepAlive: false });
    this.#greeting = greeting;
  }

  override createConnection(options: ClientRequestArgs): Duplex {
    const { socketPath, host, port } = options;
    const socket =
      typeof socketPath === 'string'
        ? connect({ path: socketPath, allowHalfOpen: true })
        : connect({ host: host ?? 'localhost', port: Number(port), allowHalfOpen: true, autoSelectFamily: true });
    if (this.#greeting !== undefined) socket.write(this.#greeting);
    return socket;
  }
}
