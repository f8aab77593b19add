import { performance } from 'node:perf_hooks';
import type { Socket } from 'node:net';
import { Budget } from '@headgate/shared/net/budget';
import { lendReads } from '@headgate/shared/net/lent-reads';
import { reset } from '@headgate/shared/net/reset';
import type { BackendState, ServerState } from '../../model/backend.ts';
import type { Answer } from '../../model/answer.ts';
import type { FrontendContext } from '../../exchange/context.ts';
import { Exchange } from '../../exchange/exchange.ts';
import { defectText, failures, type Failure } from '../../model/failure.ts';
import type { ConnectionFacts } from '../../model/facts.ts';
import type { Carrier } from '../../exchange/carrier.ts';
import { INVALID } from '../../http/body.ts';
import { PIECES, STEPS, trickles } from '../allowance.ts';
import { Collecting } from '../collecting.ts';
import { drainTimeout } from '../drain.ts';
import { headTimeout, shorter, type Deadlines, type Timed } from '../deadlines.ts';
import { Forwarding, type ForwardingClient } from './forwarding.ts';
import type { HeadWriter } from '../../http/head-writer.ts';
import { answerHead } from '../../http/outgoing.ts';
import { logLeft, refuse, type Unserved } from '../refuse.ts';
import { LINGER_BYTES, LINGER_TIME } from '../linger.ts';
import { onceTaken } from '../taken.ts';
import type { Pool } from './pool.ts';
import { PrivateConnections } from '../private-connections.ts';
import { WireRequest } from '../../http/request-facts.ts';
import { awaitsContinue, type RequestHead } from '../../http/request-head.ts';
import { RequestBody } from './request-body.ts';
import { RequestReader } from './request-reader.ts';
import type { ServerConnection } from './server-connection.ts';
import type { Tunnels } from '../tunnels.ts';
import { Tunnel } from './tunnel.ts';
import { beginHead, writeTogether } from './write.ts';

/** What an engine lends its client connections. */
export interface ConnectionHost {
  readonly context: FrontendContext;
  readonly pool: Pool;
  readonly deadlines: Deadlines;
  readonly tunnels: Tunnels;
  readonly draining: boolean;
  gone(connection: ClientConnection): void;
}

/**
 * One client connection: reads requests one after the other, gives each to an exchange, and is the carrier that
 * exchange acts through. It is long because it is the one place where all that can happen to a client's socket
 * meets all the states it can be in.
 */
export class ClientConnection implements Carrier, ForwardingClient, Timed {
  readonly socket: Socket;
  readonly connection: ConnectionFacts;
  readonly pool: Pool;
  readonly deadlines: Deadlines;
  readonly privateConnections: PrivateConnections<ServerConnection>;
  deadline = 0;
  served = false;
  readonly #host: ConnectionHost;
  readonly #reader: RequestReader;
  /** Only what is passed on as it comes, a body or a tunnel, may be held after the call that lends it. */
  readonly #reads: { bulk: boolean };
  /** When the first byte of the request came; until one has come, when the connection did. */
  #requestStarted = performance.now();
  #exchange: Exchange | undefined = undefined;
  #request: RequestHead | undefined = undefined;
  #facts: WireRequest | undefined = undefined;
  #body: RequestBody | undefined = undefined;
  #forwarding: Forwarding | undefined = undefined;
  #tunnel: Tunnel | undefined = undefined;
  #closing = false;
  #halfClosed = false;
  #pumping = false;
  #lingered = 0;
  /** What the client may cost in one turn of the loop: what is more waits, with the socket paused. */
  readonly #turn = new Budget(STEPS, () => this.#nextTurn());
  /** The same for a head that comes in many pieces; most clients need none. */
  #trickle: Budget | undefined = undefined;
  #pieces = 0;
  /** The body of a request that is answered here, as far as it came. */
  #collecting: Collecting | undefined = undefined;
  /** The answer is complete but the client has not taken all of it: the exchange ends with its last byte. */
  #flushing: { readonly close: boolean } | undefined = undefined;

  constructor(host: ConnectionHost, socket: Socket, connection: ConnectionFacts) {
    this.#host = host;
    this.socket = socket;
    this.connection = connection;
    this.pool = host.pool;
    this.deadlines = host.deadlines;
    this.privateConnections = new PrivateConnections(host.pool, host.deadlines);
    this.#reader = new RequestReader(host.context.global);
    this.#reads = lendReads(socket, (chunk) => this.#onRead(chunk));
    socket.on('end', () => this.#onEnd());
    socket.on('drain', () => this.#onDrain());
    socket.on('close', (failed) => this.#onClose(failed));
    socket.on('error', () => undefined);
    this.deadline = this.deadlines.in(headTimeout(this.context.config.timeouts));
  }

  /** Starts reading; `head` came before the connection was handed over. */
  begin(head: Buffer): void {
    this.socket.resume();
    if (head.length > 0) this.#onData(head);
  }

  /** What its request began under; between two requests, what the next one will. */
  get context(): FrontendContext {
    return this.#exchange?.context ?? this.#host.context;
  }

  get idle(): boolean {
    return this.#exchange === undefined && this.#tunnel === undefined;
  }

  get mustClose(): boolean {
    return this.#host.draining || this.#lastRequest() || this.context.config.connectionMode === 'close';
  }

  get holdsBytes(): boolean {
    return this.socket.writableLength > 0;
  }

  get requestComplete(): boolean {
    return this.#body === undefined || this.#body.complete;
  }

  /** An idle connection ends soon; a busy one ends after its answer because the engine is draining. */
  drain(): void {
    if (!this.idle || this.#closing || !this.#reader.isBlank) return;
    this.deadline = this.deadlines.in(drainTimeout(this.served, headTimeout(this.context.config.timeouts)));
  }

  /** Ends everything at once. */
  destroy(): void {
    this.#tunnel?.end(failures.killed);
    this.#fail(failures.killed);
    this.#cut();
  }

  /** A defect of ours: this connection ends and says why, the others go on. */
  broken(error: unknown): void {
    this.context.report('err', defectText(error));
    this.#fail(failures.internal);
    this.#cut();
  }

  /** Ends the connection from here: it is not the client that left. */
  #cut(): void {
    this.#closing = true;
    this.socket.destroy();
  }

  /** The exchange first: how an answer is cut depends on how far it came. */
  #fail(failure: Failure): void {
    const forwarding = this.#forwarding;
    this.#exchange?.failed(failure);
    forwarding?.cancel();
  }

  // ---- what the socket reports -----------------------------------------------------------------

  /** `chunk` is lent. True while some of it, or of what came before it, waits for the server. */
  #onRead(chunk: Buffer): boolean {
    try {
      this.#onData(chunk);
      this.#reader.keep();
    } catch (error) {
      this.broken(error);
    }
    return this.#tunnel?.holdsUpload ?? this.#forwarding?.holdsUpload ?? false;
  }

  #onData(chunk: Buffer): void {
    if (this.#tunnel !== undefined) return this.#tunnel.clientData(chunk);
    if (this.#closing) {
      this.#lingered += chunk.length;
      if (this.#lingered > LINGER_BYTES) return void this.socket.destroy();
      // One read in a turn: 32 in a row, as the kernel has them, would be over before the client could see its answer.
      this.socket.pause();
      return this.#turn.pass();
    }
    if (this.#exchange === undefined) {
      if (this.#reader.isEmpty) this.#requestStarted = performance.now();
      this.#reader.add(chunk);
      return this.#pump();
    }
    if (this.#body !== undefined && !this.#body.complete) return this.#onBody(chunk);
    // The next request, or tunnel bytes, ahead of time: one read of it is kept, then the client waits.
    this.#reader.add(chunk);
    this.socket.pause();
  }

  #onEnd(): void {
    this.#halfClosed = true;
    if (this.#tunnel !== undefined) return this.#tunnel.clientEnded();
    const exchange = this.#exchange;
    if (exchange === undefined) {
      // What is left to read is read first.
      if (this.#hasToWait) return;
      // Ended already behind its last answer: Node would make an error of a second end, with a stack, for nobody.
      if (this.#closing) return;
      this.#left();
      this.socket.end();
      return;
    }
    // All of the body may be here, waiting for its server.
    if (exchange.bytesFromClient === 0) this.takeBody();
    if (!this.requestComplete || exchange.backendConfig?.abortOnClose === true) return this.#fail(this.#goneNow());
    this.#await();
  }

  #onDrain(): void {
    if (this.#tunnel !== undefined) return this.#tunnel.clientDrained();
    if (this.#flushing !== undefined) return this.#answered(this.#flushing.close);
    if (this.#exchange === undefined) return this.#closing ? undefined : this.#rest();
    this.#await();
    this.#forwarding?.clientDrained();
  }

  #onClose(failed: boolean): void {
    this.#host.gone(this);
    this.#turn.end();
    this.#trickle?.end();
    if (this.idle && !this.#closing) this.#left();
    this.#closing = true;
    this.#reader.drop();
    this.privateConnections.close();
    if (this.#tunnel !== undefined) return this.#tunnel.clientClosed(failed);
    this.#fail(this.#goneNow());
  }

  /** The client left between two requests, or before the end of a head: logged unless that is how connections end (`dontlognull`: or begin). */
  #left(): void {
    if (!(this.served && this.#reader.isBlank)) logLeft(this.#unserved);
    this.#reader.drop();
    this.#closing = true;
  }

  /** What it is when the client leaves now. */
  #goneNow(): Failure {
    return this.requestComplete ? failures.clientGone : failures.uploadCut;
  }

  expired(): void {
    if (this.#tunnel !== undefined) return this.#tunnel.timedOut();
    if (this.#closing) return void this.socket.destroy();
    if (this.#exchange === undefined) {
      // Answers it asked for and does not take: nothing more can be said.
      if (this.socket.writableNeedDrain) return this.#cut();
      if (this.#reader.isBlank && (this.served || this.#host.draining)) return this.#endAfterAnswer(false);
      return this.#refuse(408, 'cR', 'no complete request in time');
    }
    this.#fail(this.#halfClosed && !this.#mustTake() ? failures.clientGone : failures.clientTimeout);
  }

  // ---- reading requests ------------------------------------------------------------------------

  /**
   * Reads one request after the other for as long as whole ones are there and each is answered at once. Who does not
   * take the answers gets no more of them, and who sends many has them answered a few in each turn of the event loop.
   */
  #pump(): void {
    if (this.#pumping || this.#hasToWait) return;
    this.#pumping = true;
    for (let first = true; this.#exchange === undefined && !this.#closing && !this.#reader.isEmpty; first = false) {
      if (!first && !this.#turn.spend()) {
        this.socket.pause();
        break;
      }
      if (this.socket.writableNeedDrain) {
        this.socket.pause();
        this.#await();
        break;
      }
      const head = this.#reader.next();
      if (head === undefined) {
        this.#awaitHead();
        // A head that comes in pieces costs as much for each of them as one that comes at once.
        this.#pieces += 1;
        if (this.#pieces <= PIECES) this.#turn.pass();
        else (this.#trickle ??= new Budget(1, () => this.#nextTurn(), trickles)).pass();
        this.socket.pause();
        break;
      }
      this.#pieces = 0;
      if ('refused' in head) this.#refuse(head.status, 'PR', head.reason);
      else this.#startExchange(head);
    }
    this.#pumping = false;
  }

  /** What came has to wait for a later turn of the event loop; the socket is paused. */
  get #hasToWait(): boolean {
    return this.#turn.waiting || this.#trickle?.waiting === true;
  }

  /** Goes on with what the turn before had no place for. */
  #nextTurn(): void {
    if (this.socket.destroyed || this.#closing || this.#tunnel !== undefined) return void this.socket.resume();
    if (this.#exchange !== undefined) return this.#forwarding?.blocked === true ? undefined : this.resumeClient();
    if (this.#reader.waitsForMore) this.socket.resume();
    else this.#rest();
    if (this.#halfClosed && this.#exchange === undefined && !this.#closing && !this.#hasToWait) this.#onEnd();
  }

  /** A head that has begun is due a fixed time after its first byte, however it trickles. */
  #awaitHead(): void {
    const timeout = headTimeout(this.context.config.timeouts);
    this.deadline = timeout === 0 ? 0 : this.#requestStarted + timeout;
  }

  /** A request that no rule may see: answered in the parser's own words, logged, and the connection ends. */
  #refuse(status: number, state: 'PR' | 'cR', reason: string): void {
    refuse(this.#unserved, this.socket, status, state, reason);
    this.#endAfterAnswer(true);
  }

  get #unserved(): Unserved {
    const { context, connection } = this;
    return { context, connection, started: this.#requestStarted, silent: this.#reader.isEmpty };
  }

  #startExchange(head: RequestHead): void {
    this.#request = head;
    this.#body =
      head.framing === 'none' ? undefined : new RequestBody(head, this.#reader, this.context.global.maxHeadBytes);
    this.#reads.bulk = this.#body !== undefined;
    this.#await();
    const facts = (this.#facts = new WireRequest(this.connection, head, this.context.global.maxEditedBytes));
    const exchange = new Exchange(this.context, facts, this, this.#requestStarted);
    this.#exchange = exchange;
    exchange.start();
  }

  // ---- the request's body ----------------------------------------------------------------------

  #onBody(chunk: Buffer): void {
    const forwarding = this.#forwarding;
    if (this.#collecting !== undefined) {
      this.#reader.add(chunk);
      return this.#collect(this.#collecting);
    }
    if (forwarding === undefined || (forwarding.blocked && !forwarding.answering)) {
      // No server yet: what was read waits here, the rest in the kernel.
      this.#reader.add(chunk);
      this.socket.pause();
      return this.#await();
    }
    const piece = this.#body?.track(chunk) ?? chunk;
    this.#noteBody();
    if (piece === INVALID) return this.#fail(failures.clientGarbled);
    forwarding.sendBody(piece);
    if (this.#body?.laborious === true) this.#turn.pass();
    if (!this.requestComplete && (forwarding.blocked || this.#hasToWait)) this.socket.pause();
    this.#await();
    if (this.requestComplete) forwarding.requestDone();
  }

  takeBody(): Buffer | undefined | typeof INVALID {
    const piece = this.#body?.take();
    this.#noteBody();
    return piece;
  }

  /** Counts what went through; what came behind the body is the next request, and waits. */
  #noteBody(): void {
    const body = this.#body;
    if (body === undefined) return;
    this.#exchange?.countReceived(body.bytes - this.#exchange.bytesFromClient);
    if (body.complete && !this.#reader.isEmpty) this.socket.pause();
  }

  get facts(): WireRequest | undefined {
    return this.#facts;
  }

  resumeClient(): void {
    if (this.#closing || this.socket.destroyed || this.#hasToWait) return;
    if (this.socket.isPaused()) {
      if (!this.#reader.isEmpty && !this.requestComplete) {
        this.#onBody(this.#reader.take());
        if (!this.#reader.isEmpty) return;
      }
      this.socket.resume();
    }
    this.#await();
  }

  /**
   * `timeout client` runs while the next step is the client's: it takes what we wrote, or sends a body that its server
   * reads. While it waits for others nothing does, unless it has half-closed: then it gets its answer, but not for ever
   * (`timeout client-fin`), since most such clients are gone.
   */
  #await(): void {
    const { client, clientFin } = this.context.config.timeouts;
    const read = this.#forwarding?.blocked === false || this.#collecting !== undefined;
    const sends = !this.requestComplete && read && !this.socket.isPaused();
    if (sends || this.#mustTake()) this.deadline = this.deadlines.in(client);
    else this.deadline = this.#halfClosed ? this.deadlines.in(clientFin || client) : 0;
  }

  /** Nothing goes on before the client has taken what was written. */
  #mustTake(): boolean {
    return this.#flushing !== undefined || this.socket.writableNeedDrain;
  }

  // ---- the carrier -----------------------------------------------------------------------------

  forward(server: ServerState, fresh: boolean): void {
    const exchange = this.#exchange;
    const request = this.#request;
    const backend = exchange?.backendConfig;
    if (exchange === undefined || request === undefined || backend === undefined) return;
    this.#forwarding = new Forwarding(this, exchange, backend, request, server, fresh);
    this.#forwarding.start();
  }

  collect(limit: number, done: (body: Buffer | undefined) => void): void {
    const request = this.#request;
    if (request?.framing === 'chunked') return done(undefined);
    const waits = request !== undefined && request.version === '1.1' && awaitsContinue(request);
    if (waits && this.#reader.isEmpty) this.socket.write('HTTP/1.1 100 Continue\r\n\r\n');
    this.#collect((this.#collecting = new Collecting(limit, done)));
  }

  #collect(collecting: Collecting): void {
    const piece = this.takeBody();
    if (piece === INVALID) return this.#fail(failures.clientGarbled);
    if (piece !== undefined) collecting.add(piece);
    if (!this.requestComplete && !collecting.tooLarge) return this.resumeClient();
    this.#collecting = undefined;
    collecting.finish();
  }

  preferred(backend: BackendState): ServerState | undefined {
    return this.privateConnections.preferred(backend);
  }

  respond(answer: Answer): void {
    const exchange = this.#exchange;
    const request = this.#request;
    if (exchange === undefined || request === undefined) return;
    this.#forwarding?.cancel();
    const unread = this.takeBody() === INVALID || !this.requestComplete;
    // What follows a refused CONNECT, or came with a refused upgrade, may have been meant for the tunnel.
    const ambiguous = request.mayTunnel && (request.method === 'CONNECT' || !this.#reader.isEmpty);
    const close = answer.close || unread || this.mustClose || !request.keepAlive || ambiguous;
    const head = answerHead(answer, { version: request.version, close });
    const body = request.method === 'HEAD' ? undefined : Buffer.from(answer.body);
    exchange.countSent(head.length + (body?.length ?? 0));
    writeTogether(this.socket, beginHead(head.length).text(head), body);
    exchange.completed();
    this.#next(close, unread);
  }

  abort(): void {
    const byReset = this.#flushing !== undefined || this.#forwarding?.endsByClose === true;
    this.#forwarding?.cancel();
    this.#forget();
    this.#closing = true;
    if (this.socket.destroyed) return;
    if (byReset) return reset(this.socket);
    this.deadline = this.deadlines.in(LINGER_TIME);
    this.socket.destroySoon();
  }

  write(head: HeadWriter | undefined, body: Buffer | undefined): boolean {
    const accepted = writeTogether(this.socket, head, body);
    if (!accepted || this.#halfClosed) this.#await();
    return accepted;
  }

  answerDone(close: boolean): void {
    this.#forwarding = undefined;
    if (!this.holdsBytes) return this.#answered(close);
    this.#exchange?.releaseServer();
    this.#flushing = { close };
    this.#await();
    if (!this.socket.writableNeedDrain) onceTaken(this.socket, () => this.#onDrain());
  }

  tunnel(connection: ServerConnection, rest: Buffer | undefined): void {
    const exchange = this.#exchange;
    const backend = exchange?.backendConfig;
    if (exchange === undefined || backend === undefined) return connection.destroy();
    this.#forwarding = undefined;
    exchange.tunnelled();
    const tunnel = new Tunnel(this, connection, exchange, backend, this.#request?.upgrade);
    this.#tunnel = tunnel.join(this.#host.tunnels);
    this.#reads.bulk = true;
    if (rest !== undefined) tunnel.serverData(rest);
    if (!this.#reader.isEmpty) tunnel.clientData(this.#reader.take());
    if (this.#halfClosed) tunnel.clientEnded();
    else this.socket.resume();
  }

  // ---- between requests ------------------------------------------------------------------------

  #answered(close: boolean): void {
    this.#flushing = undefined;
    this.#exchange?.completed();
    this.#next(close, false);
  }

  /** The exchange is over: the next request, or the end. */
  #next(close: boolean, unread: boolean): void {
    this.#forget();
    this.served = true;
    if (close || this.#lastRequest()) return this.#endAfterAnswer(unread);
    this.#rest();
    // The answer began before the stop and did not say that it is the last.
    if (this.#host.draining) this.drain();
  }

  /** Between two requests. The next one may be here already. */
  #rest(): void {
    const { httpKeepAlive, client } = this.context.config.timeouts;
    this.deadline = this.deadlines.in(shorter(httpKeepAlive, client) || headTimeout(this.context.config.timeouts));
    if (!this.#reader.isEmpty) {
      this.#requestStarted = performance.now();
      this.#pump();
      // What is left behind the client's last whole request will never be one.
      if (
        this.#halfClosed &&
        this.#exchange === undefined &&
        !this.#pumping &&
        !this.#closing &&
        !this.#hasToWait &&
        !this.socket.writableNeedDrain
      )
        return this.#onEnd();
    }
    const waiting = (this.#exchange !== undefined && !this.#reader.isEmpty) || this.socket.writableNeedDrain;
    if (!waiting && !this.#hasToWait && !this.#closing && this.socket.isPaused()) this.socket.resume();
  }

  /** The client has sent all it will, and nothing of it is unread. */
  #lastRequest(): boolean {
    return this.#halfClosed && this.#reader.isEmpty;
  }

  #forget(): void {
    this.#exchange = undefined;
    this.#facts = undefined;
    this.#request = undefined;
    this.#body = undefined;
    this.#forwarding = undefined;
    this.#collecting = undefined;
  }

  /**
   * Ends the connection behind what was written, for which the client has its time. One that is still sending would
   * lose the answer to a reset, so its bytes are read and dropped for a short while more (RFC 9112 §9.6).
   */
  #endAfterAnswer(unread: boolean): void {
    this.#closing = true;
    this.#reader.drop();
    this.deadline = this.deadlines.in(this.context.config.timeouts.client);
    this.socket.end(() => (this.deadline = this.deadlines.in(LINGER_TIME)));
    if (unread || this.socket.isPaused()) this.socket.resume();
  }
}
