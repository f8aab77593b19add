import { Agent, type AgentOptions } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ServerState } from '../../backend/contract.ts';
import type { Server } from '../../config/snapshot.ts';
import { dial } from '../server-socket.ts';

/** Idle connections kept for one server when `pool-max-conn` does not say. */
const IDLE_PER_SERVER = 256;

/** Keep-alive agents, one for each server: idle connections of two servers never meet. */
export class ServerAgents {
  readonly #agents = new Map<ServerState, Agent>();

  of(server: ServerState): Agent {
    let agent = this.#agents.get(server);
    if (agent === undefined) {
      const { poolMaxConn, poolPurgeDelay } = server.config;
      agent = new DialingAgent(server, {
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

/** Connects as the wire engine and the checks do: Node's own way knows `localhost` from the hosts file only. */
class DialingAgent extends Agent {
  protected readonly address: Server['address'];

  constructor(server: ServerState, options: AgentOptions) {
    super(options);
    this.address = server.config.address;
  }

  override createConnection(): Duplex {
    return dial(this.address);
  }
}

/** One connection for one request: `greeting` (a PROXY header) goes first; a tunnel made of it can be half-closed. */
export class SingleUseAgent extends DialingAgent {
  readonly #greeting: Buffer | undefined;

  constructor(server: ServerState, greeting: Buffer | undefined) {
    super(server, { keepAlive: false });
    this.#greeting = greeting;
  }

  override createConnection(): Duplex {
    const socket = dial(this.address, { allowHalfOpen: true });
    if (this.#greeting !== undefined) socket.write(this.#greeting);
    return socket;
  }
}
