import type { Link, LinkError, LinkUser } from '@headgate/shared/net/link';
import type { FrontendContext } from '../../exchange/context.ts';
import { PAYLOAD_LIMIT, Session } from '../../exchange/session.ts';
import { proxyHeaderFor } from '../../http/proxy-header.ts';
import type { ServerState } from '../../model/backend.ts';
import type { ConnectionFacts } from '../../model/facts.ts';
import type { Server } from '../../model/server.ts';
import { connectFailure, failures, type Failure } from '../../model/failure.ts';
import { dialServer, nameFor } from '../../connect/dial.ts';
import { reasonOf } from '../../connect/reason.ts';
import { cut } from '../cut.ts';
import { shorter, tunnelTimeouts, type Deadlines, type Timed } from '../deadlines.ts';
import type { OpenSession } from '../open-session.ts';
import type { Tunnels } from '../tunnels.ts';

/** The engine, as one stream sees it. */
export interface StreamHost {
  readonly context: FrontendContext;
  readonly deadlines: Deadlines;
  readonly tunnels: Tunnels;
  gone(stream: Stream): void;
}

const NOTHING = Buffer.alloc(0);

/**
 * One client connection in mode tcp and the server connection it gets. What the client sends before that is kept, one read buffer
 * of it at most; then bytes pass both ways, each side is read as fast as the other takes it, and an end of one side is passed on
 * while the other still sends.
 */
export class Stream implements LinkUser, Timed, OpenSession {
  deadline = 0;
  readonly #host: StreamHost;
  readonly #client: Link;
  readonly #session: Session;
  /** What the client sent before it had a server. */
  #early: Buffer = NOTHING;
  #server: Link | undefined;
  #connecting = false;
  #left: () => void = () => {};
  #silence: Failure = failures.clientTimeout;
  #timeout = 0;
  #finTimeout = 0;
  /** When rules stop waiting for bytes; 0 when they do not wait. */
  #inspectUntil = 0;
  #over = false;

  constructor(host: StreamHost, client: Link, facts: ConnectionFacts) {
    this.#host = host;
    this.#client = client;
    this.#session = new Session(host.context, facts, this);
    client.user = this;
    // What is read is passed on as it is, and held while the server is slower.
    client.bulk = true;
  }

  /** `head`: bytes that came with the PROXY header. */
  begin(head: Buffer): void {
    this.#early = Buffer.from(head);
    const { inspectDelay, timeouts } = this.#session.context.config;
    if (head.length > 0) this.#session.inspected(head.toString('latin1'), false);
    this.#session.start();
    if (this.#session.inspecting) {
      this.#inspectUntil = this.#host.deadlines.in(inspectDelay);
      this.deadline = this.#inspectUntil;
      const patience = this.#host.deadlines.in(timeouts.client);
      if (patience !== 0 && patience < this.deadline) this.deadline = patience;
    }
    if (!this.#over) this.#client.resume();
  }

  // ---- what the session wants ------------------------------------------------------------------

  connect(server: ServerState): void {
    const { backendConfig } = this.#session;
    this.#connecting = true;
    this.deadline = this.#host.deadlines.in(backendConfig?.timeouts.connect ?? 0);
    server.counters.open += 1;
    const side = new ServerSide(this, server);
    const { config } = server;
    const { connection } = this.#session;
    const { sendProxy } = config;
    this.#server = side.link = dialServer(
      config,
      {
        wanted: connection.destination,
        name: nameFor(config, this.#session),
        greeting: sendProxy === 0 ? undefined : () => this.#proxyHeader(config),
      },
      side,
    );
  }

  #proxyHeader(config: Server): Buffer {
    return proxyHeaderFor(this.#session.connection, config, () => this.#session.uniqueId);
  }

  abort(): void {
    this.#finish();
    cut(this.#client);
    if (this.#server !== undefined) cut(this.#server);
  }

  // ---- the client ------------------------------------------------------------------------------

  opened(): void {
    // Accepted links are open.
  }

  data(chunk: Buffer): boolean {
    this.#session.countReceived(chunk.length);
    const server = this.#server;
    if (server === undefined || this.#connecting) {
      this.#keep(chunk);
      return false;
    }
    this.#touch();
    if (!server.write(chunk)) this.#client.pause();
    return server.waiting > 0;
  }

  ended(): void {
    const server = this.#server;
    if (server !== undefined && !this.#connecting) return this.#halfClosed(server, failures.serverStalled);
    // HAProxy: a client that ends while rules look at what it sent is gone.
    if (this.#session.inspecting) this.#session.inspected(this.#session.payload.text, true);
  }

  drained(): void {
    this.#server?.resume();
    this.#touch();
  }

  closed(error: LinkError | undefined): void {
    const server = this.#server;
    if (this.#over) return;
    const clean = error === undefined && !this.#connecting && server?.readEnded === true;
    // The server still takes what the client sent: its close ends the session, or the fin timeout.
    if (clean && server.waiting > 0) return;
    this.#finish();
    if (server !== undefined) {
      if (error === undefined) cut(server);
      else server.reset();
    }
    if (clean) this.#session.completed();
    else this.#session.failed(failures.clientGone);
  }

  // ---- the server ------------------------------------------------------------------------------

  serverOpened(server: ServerState): void {
    const link = this.#server;
    const { context, backendConfig } = this.#session;
    if (link === undefined || backendConfig === undefined) return;
    this.#connecting = false;
    const { silent, fin } = tunnelTimeouts(context.config.timeouts, backendConfig.timeouts);
    this.#timeout = silent;
    this.#finTimeout = fin;
    this.#silence = silenceOf(context.config.timeouts.client, backendConfig.timeouts.server);
    const { sendProxy, tls } = server.config;
    if (sendProxy !== 0 && tls === undefined) link.write(this.#proxyHeader(server.config));
    if (this.#early.length > 0) link.write(this.#early);
    this.#early = NOTHING;
    this.#session.connected(link);
    this.#left = this.#host.tunnels.add(this.#session, false, () => this.destroy());
    this.#touch();
    if (this.#client.readEnded) this.#halfClosed(link, failures.serverStalled);
    else this.#client.resume();
  }

  serverData(chunk: Buffer): boolean {
    this.#session.countSent(chunk.length);
    this.#touch();
    if (!this.#client.write(chunk)) this.#server?.pause();
    return this.#client.waiting > 0;
  }

  serverEnded(): void {
    this.#halfClosed(this.#client, failures.clientTimeout);
  }

  serverDrained(): void {
    this.#client.resume();
    this.#touch();
  }

  /** `link`: an attempt that was given up may close later than the next one begins. */
  serverClosed(link: Link | undefined, error: LinkError | undefined): void {
    if (this.#over || link !== this.#server) return;
    this.#server = undefined;
    if (this.#connecting) {
      this.#connecting = false;
      this.deadline = 0;
      const { server, context } = this.#session;
      if (server !== undefined) context.unreachable(server.key, reasonOf(error));
      return this.#session.failed(connectFailure(error?.code));
    }
    if (error !== undefined) {
      this.#finish();
      this.#client.reset();
      return this.#session.failed(failures.serverCut);
    }
    this.#finish();
    if (this.#client.writeEnded) this.#client.closeSoon();
    else this.#client.whenTaken(() => this.#client.closeSoon());
    this.#session.completed();
  }

  // ---- time ------------------------------------------------------------------------------------

  expired(now: number): void {
    if (this.#connecting) {
      const link = this.#server;
      this.#server = undefined;
      this.#connecting = false;
      link?.close();
      return this.#session.failed(failures.connectTimeout);
    }
    if (this.#session.inspecting && this.#inspectUntil !== 0 && now >= this.#inspectUntil)
      return this.#session.inspected(this.#session.payload.text, true);
    this.#session.failed(this.#silence);
  }

  /** Ends both sides at once, because the process or the server goes. */
  destroy(): void {
    this.kill(failures.killed);
  }

  kill(failure: Failure): void {
    if (!this.#over) this.#session.failed(failure);
  }

  get exchange(): Session {
    return this.#session;
  }

  // ---- parts -----------------------------------------------------------------------------------

  /** Keeps early bytes, and reads no more than fit. */
  #keep(chunk: Buffer): void {
    this.#early = Buffer.concat([this.#early, chunk]);
    if (this.#early.length >= PAYLOAD_LIMIT) this.#client.pause();
    if (this.#session.inspecting) this.#session.inspected(this.#early.toString('latin1', 0, PAYLOAD_LIMIT), false);
  }

  /** One side has ended: the other is told once all that was sent has left, and gets the fin timeout. */
  #halfClosed(other: Link, silence: Failure): void {
    this.#silence = silence;
    this.#timeout = shorter(this.#finTimeout, this.#timeout);
    other.whenTaken(() => other.end());
    this.#touch();
  }

  #touch(): void {
    this.deadline = this.#host.deadlines.in(this.#timeout);
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.deadline = 0;
    this.#early = NOTHING;
    this.#left();
    this.#host.gone(this);
  }
}

/** The server's side of a stream: apart, because both links have the same reports. */
class ServerSide implements LinkUser {
  readonly #stream: Stream;
  readonly #server: ServerState;
  link: Link | undefined;

  constructor(stream: Stream, server: ServerState) {
    this.#stream = stream;
    this.#server = server;
  }

  opened(): void {
    this.#stream.serverOpened(this.#server);
  }

  data(chunk: Buffer): boolean {
    return this.#stream.serverData(chunk);
  }

  ended(): void {
    this.#stream.serverEnded();
  }

  drained(): void {
    this.#stream.serverDrained();
  }

  closed(error: LinkError | undefined): void {
    this.#server.counters.open -= 1;
    this.#stream.serverClosed(this.link, error);
  }
}

/** Whose silence ends the stream: that of the side with the shorter timeout. */
function silenceOf(client: number, server: number): Failure {
  return server !== 0 && (client === 0 || server < client) ? failures.serverStalled : failures.clientTimeout;
}
