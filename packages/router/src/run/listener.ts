import type { Socket } from 'node:net';
import { Acceptor } from '@headgate/shared/net/acceptor';
import { addressText, normalizeAddress, type Endpoint } from '@headgate/shared/net/endpoint';
import { reset } from '@headgate/shared/net/reset';
import { removeDeadSocket } from '@headgate/shared/process/dead-socket';
import type { Bind, ConnectionRule } from '../model/snapshot.ts';
import type { Engine } from '../engine/contract.ts';
import type { FrontendContext } from '../exchange/context.ts';
import type { Evaluation, World } from '../model/evaluation.ts';
import type { ConnectionFacts } from '../model/facts.ts';
import { noRequest } from '../sample/no-request.ts';
import { localDate } from '../sample/date.ts';
import type { ConnectionLimit } from './connection-limit.ts';
import { readProxyHeader } from './proxy-header.ts';

/**
 * One bound address of a frontend: accepts, applies `tcp-request connection` rules and PROXY headers, and hands
 * each connection to the frontend's engine.
 */
export class Listener {
  readonly #bind: Bind;
  readonly #context: FrontendContext;
  readonly #engine: Engine;
  /** How many connections it may have, and those that wait for a place. */
  readonly limit: ConnectionLimit;
  readonly #acceptor: Acceptor;
  /** Connections that are not yet the engine's: waiting for a place or for a PROXY header. */
  readonly #early = new Set<Socket>();

  constructor(bind: Bind, context: FrontendContext, engine: Engine, limit: ConnectionLimit) {
    this.#bind = bind;
    this.#context = context;
    this.#engine = engine;
    this.limit = limit;
    this.#acceptor = new Acceptor(
      { allowHalfOpen: true, noDelay: true, pauseOnConnect: true, shards: bind.shards },
      (socket) => this.#accept(socket),
      // Out of file descriptors and the like: the operator should know.
      (error) => context.report('err', `${context.config.name}: ${error.message}`),
    );
  }

  /** Binds; resolves with the address as it is printed. Rejects with the system's error. */
  async listen(): Promise<string> {
    const { address, backlog } = this.#bind;
    if (address.kind === 'unix') {
      await removeDeadSocket(address.path);
      await this.#acceptor.listen({ path: address.path, mode: address.mode, backlog });
      return address.path;
    }
    const host = address.host === '' || address.host === '*' ? '0.0.0.0' : address.host;
    const bound = await this.#acceptor.listen({ host, port: address.port, ipv6Only: address.v6only, backlog });
    const port = typeof bound === 'object' && bound !== null ? bound.port : address.port;
    return addressText(host, port);
  }

  /** Serves those that have connected already, then stops accepting; connections go on, also those that wait for a place. */
  drain(): Promise<void> {
    return this.#acceptor.drain();
  }

  /** Stops accepting, and ends connections that are not served yet. */
  stop(): void {
    this.#acceptor.close();
    this.limit.close();
    for (const socket of this.#early) socket.destroy();
  }

  #accept(socket: Socket): void {
    socket.on('error', () => undefined);
    this.#early.add(socket);
    socket.once('close', () => this.#early.delete(socket));
    this.limit.admit(socket, () => this.#start(socket));
  }

  #start(socket: Socket): void {
    const peer = endpoint(socket.remoteAddress, socket.remotePort);
    const local = endpoint(socket.localAddress, socket.localPort);
    const facts: ConnectionFacts = { peer, local, client: peer, destination: local, proxied: false, tls: undefined };
    const verdict = judge(this.#context.config.connectionRules, facts, this.#context.world);
    if (verdict === 'reject') return reset(socket);
    if (verdict !== 'expect-proxy' && !this.#bind.acceptProxy) return this.#serve(socket, facts, Buffer.alloc(0));
    readProxyHeader(
      socket,
      facts,
      (told, rest) => this.#serve(socket, told, rest),
      (reason, empty) => this.#refuse(socket, peer, reason, empty),
    );
  }

  #serve(socket: Socket, facts: ConnectionFacts, head: Buffer): void {
    this.#early.delete(socket);
    if (socket.destroyed) return;
    this.#engine.serve(socket, facts, head);
  }

  #refuse(socket: Socket, { address, port }: Endpoint, reason: string, empty: boolean): void {
    const { config } = this.#context;
    if (!(empty && config.dontLogNull))
      this.#context.event(
        'info',
        `${address}:${port} [${localDate(Date.now())}] ${config.name}/${this.#bind.name}: ${reason}`,
      );
    reset(socket);
  }
}

/** The first rule that applies; without one a connection is accepted. */
function judge(rules: readonly ConnectionRule[], connection: ConnectionFacts, world: World): ConnectionRule['action'] {
  if (rules.length === 0) return 'accept';
  const on: Evaluation = { connection, request: noRequest(connection), world };
  let expectProxy = false;
  for (const rule of rules) {
    if (rule.when !== undefined && !rule.when(on)) continue;
    if (rule.action === 'expect-proxy') expectProxy = true;
    else if (rule.action === 'reject') return 'reject';
    else break;
  }
  return expectProxy ? 'expect-proxy' : 'accept';
}

function endpoint(address: string | undefined, port: number | undefined): Endpoint {
  return { address: normalizeAddress(address), port: port ?? 0 };
}
