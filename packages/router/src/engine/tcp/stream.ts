import type { Link, LinkError, LinkUser } from '@headgate/shared/net/link';
import { PAYLOAD_LIMIT, Session } from '../../exchange/session.ts';
import { greetingFor, proxyHeaderFor } from '../../http/proxy-header.ts';
import type { ServerState } from '../../model/backend.ts';
import type { ConnectionFacts } from '../../model/facts.ts';
import { connectFailure, failures, type Failure } from '../../model/failure.ts';
import { dialServer, nameFor } from '../../connect/dial.ts';
import { NO_CONNECTION, noteRefusal } from '../../connect/refusal.ts';
import { cut } from '../cut.ts';
import { shorter, type Timed } from '../deadlines.ts';
import { countOpen } from '../idle-connections.ts';
import type { OpenSession } from '../open-session.ts';
import { ServerSide } from './server-side.ts';
import { silenceOf } from './silence.ts';
import type { StreamHost } from './stream-host.ts';

const NOTHING = Buffer.alloc(0);

/**
 * One client connection in mode tcp and the server connection it gets. What either side sends before the other may have it is kept, one
 * read buffer of it at most; then bytes pass both ways, each side is read as fast as the other takes it, and an end of one side is
 * passed on while the other still sends. It is long because it is one state machine: what a report of one side means depends on the other.
 */
export class Stream implements LinkUser, Timed, OpenSession {
  deadline = 0;
  readonly #host: StreamHost;
  readonly #client: Link;
  readonly #session: Session;
  /** What the client sent before it had a server. */
  #early: Buffer = NOTHING;
  /** What the server sent while rules look at it. */
  #held: Buffer = NOTHING;
  #server: Link | undefined;
  #connecting = false;
  #left: () => void = () => {};
  #silence: Failure = failures.clientTimeout;
  #timeout = 0;
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
    const { context } = this.#session;
    this.#timeout = context.config.timeouts.client;
    if (head.length > 0) {
      this.#early = Buffer.from(head);
      this.#session.inspected(head.toString('latin1', 0, PAYLOAD_LIMIT), false);
    }
    this.#session.start();
    if (!this.#over) this.#client.resume();
  }

  // ---- what the session wants ------------------------------------------------------------------

  inspect(delay: number): void {
    this.#inspectUntil = this.#host.deadlines.in(delay);
    this.#touch();
  }

  connect(server: ServerState): void {
    const { backendConfig } = this.#session;
    this.#connecting = true;
    this.#inspectUntil = 0;
    this.deadline = this.#host.deadlines.in(backendConfig?.timeouts.connect ?? 0);
    countOpen(server);
    const side = new ServerSide(this, server);
    const { config } = server;
    const session = this.#session;
    const wanted = session.connection.destination;
    const route = { wanted, name: nameFor(config, session), greeting: greetingFor(session, config) };
    this.#server = side.link = dialServer(config, route, side);
  }

  upgrade(connection: ConnectionFacts): void {
    const early = this.#early;
    this.#finish();
    this.#client.pause();
    this.#client.bulk = false;
    this.#host.upgrade(this.#client, connection, early);
  }

  hangUp(): void {
    const server = this.#server;
    this.#server = undefined;
    server?.reset();
    this.#answered();
    this.#hungUp();
  }

  abort(): void {
    this.#finish();
    cut(this.#client);
    if (this.#server !== undefined) cut(this.#server);
  }

  // ---- the client ------------------------------------------------------------------------------

  /** Accepted links are open. */
  opened(): void {}

  data(chunk: Buffer): boolean {
    const server = this.#server;
    if (server === undefined || this.#connecting) {
      this.#keep(chunk);
      return true;
    }
    this.#session.countReceived(chunk.length);
    this.#touch();
    if (!server.write(chunk)) this.#client.pause();
    return server.waiting > 0;
  }

  ended(): void {
    const server = this.#server;
    if (server !== undefined && !this.#connecting) return this.#clientEnded(server);
    // HAProxy: a client that ends while rules look at what it sent has sent all of it.
    if (this.#session.inspecting) this.#session.inspected(this.#session.payload.text, true);
    // One that has sent nothing, or with `option abortonclose`, does not wait in a queue.
    if ((this.#early.length === 0 && !this.#connecting) || this.#session.backendConfig?.abortOnClose === true)
      this.kill(failures.clientGone);
  }

  drained(): void {
    if (!this.#session.answering) this.#server?.resume();
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
    else this.#session.failed(this.#session.inspecting ? failures.clientGone : failures.clientReset);
  }

  // ---- the server ------------------------------------------------------------------------------

  serverOpened(server: ServerState): void {
    const [link, { context, backendConfig }] = [this.#server, this.#session];
    if (link === undefined || backendConfig === undefined) return;
    this.#connecting = false;
    const { client, tunnel } = context.config.timeouts;
    const { tunnel: own, server: patience } = backendConfig.timeouts;
    this.#timeout = own || tunnel || shorter(client, patience);
    this.#silence = silenceOf(client, patience);
    const { sendProxy, tls } = server.config;
    if (sendProxy !== 0 && tls === undefined) link.write(proxyHeaderFor(this.#session, server.config));
    if (this.#early.length > 0) link.write(this.#early);
    this.#early = NOTHING;
    this.#left = this.#host.tunnels.add(this.#session, false, () => this.destroy());
    this.#session.connected(link);
    if (this.#over) return;
    this.#touch();
    if (this.#client.readEnded) this.#clientEnded(link);
    else this.#client.resume();
  }

  serverData(chunk: Buffer): boolean {
    this.#session.countSent(chunk.length);
    if (this.#session.answering) return this.#show(chunk);
    this.#touch();
    if (!this.#client.write(chunk)) this.#server?.pause();
    return this.#client.waiting > 0;
  }

  serverEnded(): void {
    if (this.#session.answering) this.#judge(true);
    if (this.#over) return;
    const { client, clientFin, tunnel } = this.#session.context.config.timeouts;
    const silent = this.#session.backendConfig?.timeouts.tunnel || tunnel;
    this.#halfClosed(this.#client, failures.clientTimeout, clientFin || silent || client);
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
      const why = noteRefusal(this.#session, error);
      if (server !== undefined) context.unreachable(server.key, why);
      return this.#session.failed(connectFailure(error?.code));
    }
    if (error === undefined) return this.#hungUp();
    this.#finish();
    this.#client.reset();
    this.#session.failed(failures.serverCut);
  }

  // ---- time ------------------------------------------------------------------------------------

  expired(now: number): void {
    if (this.#connecting) {
      const link = this.#server;
      this.#server = undefined;
      this.#connecting = false;
      link?.close();
      noteRefusal(this.#session, NO_CONNECTION);
      return this.#session.failed(failures.connectTimeout);
    }
    if (this.#inspectUntil === 0 || now < this.#inspectUntil) return this.#session.failed(this.#silence);
    this.#inspectUntil = 0;
    this.#session.waited();
    this.#answered();
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
    this.#early = this.#early.length === 0 ? chunk : Buffer.concat([this.#early, chunk]);
    if (this.#early.length >= PAYLOAD_LIMIT) this.#client.pause();
    const { inspecting } = this.#session;
    this.#session.countReceived(chunk.length);
    if (inspecting) this.#session.inspected(this.#early.toString('latin1', 0, PAYLOAD_LIMIT), false);
  }

  /** Keeps what the server sends until rules have decided. */
  #show(chunk: Buffer): boolean {
    this.#held = this.#held.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#held, chunk]);
    if (this.#held.length >= PAYLOAD_LIMIT) this.#server?.pause();
    this.#judge(false);
    return false;
  }

  #judge(complete: boolean): void {
    this.#session.answered(this.#held.toString('latin1', 0, PAYLOAD_LIMIT), complete);
    this.#answered();
  }

  /** Passes on what was kept, once rules have decided. */
  #answered(): void {
    if (this.#over || this.#session.answering || this.#held.length === 0) return;
    const held = this.#held;
    this.#held = NOTHING;
    this.#inspectUntil = 0;
    this.#touch();
    if (this.#client.write(held)) this.#server?.resume();
    else this.#server?.pause();
  }

  #clientEnded(server: Link): void {
    const { timeouts } = this.#session.context.config;
    const { serverFin, tunnel, server: silent } = this.#session.backendConfig?.timeouts ?? timeouts;
    this.#halfClosed(server, failures.serverStalled, serverFin || tunnel || timeouts.tunnel || silent);
  }

  /** One side has ended: the other is sent its FIN once all that was sent has left, and has so long to end too. */
  #halfClosed(other: Link, silence: Failure, timeout: number): void {
    this.#silence = silence;
    this.#timeout = timeout;
    other.whenTaken(() => other.end());
    this.#touch();
  }

  /** The server has closed: what it sent is delivered, and the client's connection ends. */
  #hungUp(): void {
    this.#finish();
    if (this.#client.writeEnded) this.#client.closeSoon();
    else this.#client.whenTaken(() => this.#client.closeSoon());
    this.#session.completed();
  }

  #touch(): void {
    const until = this.#inspectUntil;
    const silent = this.#host.deadlines.in(this.#timeout);
    this.deadline = until !== 0 && (silent === 0 || until < silent) ? until : silent;
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.deadline = 0;
    this.#early = NOTHING;
    this.#held = NOTHING;
    this.#left();
    this.#host.gone(this);
  }
}
