import { performance } from 'node:perf_hooks';
import type { Socket } from 'node:net';
import { reset } from '@headgate/shared/net/reset';
import type { ServerState } from '../../backend/contract.ts';
import type { Answer } from '../../exchange/answer.ts';
import type { FrontendContext } from '../../exchange/context.ts';
import { errorAnswer } from '../../exchange/error-answers.ts';
import { Exchange } from '../../exchange/exchange.ts';
import { failures } from '../../exchange/failure.ts';
import { logRefusal } from '../../exchange/refusal.ts';
import { forwardedFor } from '../../exchange/forwarded.ts';
import type { Backend } from '../../config/snapshot.ts';
import type { ConnectionFacts } from '../../facts.ts';
import type { Carrier } from '../contract.ts';
import { ChunkedBody, INVALID, LengthBody, MORE, type BodyTracker } from '../http1/body.ts';
import { shorter, type Deadlines, type Timed } from '../deadlines.ts';
import { Forwarding, type ForwardingClient } from './forwarding.ts';
import { answerHead, refusalText, requestHeadFor } from '../http1/outgoing.ts';
import { LINGER_BYTES, LINGER_TIME } from '../linger.ts';
import type { Pool } from './pool.ts';
import { WireRequest } from '../http1/request-facts.ts';
import type { RequestHead } from '../http1/request-head.ts';
import { RequestReader } from './request-reader.ts';
import type { ServerConnection } from './server-connection.ts';
import { Tunnel } from './tunnel.ts';
import { writeTogether } from './write.ts';

/** What an engine lends its client connections. */
export interface ConnectionHost {
  readonly context: FrontendContext;
  readonly pool: Pool;
  readonly deadlines: Deadlines;
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
  readonly context: FrontendContext;
  readonly pool: Pool;
  readonly deadlines: Deadlines;
  deadline = 0;
  readonly #host: ConnectionHost;
  readonly #reader: RequestReader;
  #requestStarted = 0;
  #exchange: Exchange | undefined = undefined;
  #request: RequestHead | undefined = undefined;
  /** What the rules read of `#request`; kept with it while the client repeats itself. */
  #facts: WireRequest | undefined = undefined;
  #factsOf: RequestHead | undefined = undefined;
  #lastSent: { readonly request: RequestHead; readonly backend: Backend; readonly close: boolean; readonly text: string } | undefined = undefined;
  #body: BodyTracker | undefined = undefined;
  #heldBody: Buffer | undefined = undefined;
  #forwarding: Forwarding | undefined = undefined;
  #tunnel: Tunnel | undefined = undefined;
  #closing = false;
  #halfClosed = false;
  #pumping = false;
  #lingered = 0;
  #served = false;
  /** The answer is complete but the client has not taken all of it: the exchange ends with its last byte. */
  #flushing: { readonly close: boolean } | undefined = undefined;

  constructor(host: ConnectionHost, socket: Socket, connection: ConnectionFacts) {
    this.#host = host;
    this.socket = socket;
    this.connection = connection;
    this.context = host.context;
    this.pool = host.pool;
    this.deadlines = host.deadlines;
    this.#reader = new RequestReader(host.context.global);
    socket.on('data', (chunk: Buffer) => {
      try {
        this.#onData(chunk);
      } catch (error) {
        this.broken(error);
      }
    });
    socket.on('end', () => this.#onEnd());
    socket.on('drain', () => this.#onDrain());
    socket.on('close', (failed) => this.#onClose(failed));
    socket.on('error', () => undefined);
    this.deadline = this.deadlines.in(this.#headTimeout);
  }

  /** Starts reading; `head` came before the connection was handed over. */
  begin(head: Buffer): void {
    if (head.length > 0) this.#onData(head);
    this.socket.resume();
  }

  get idle(): boolean {
    return this.#exchange === undefined && this.#tunnel === undefined;
  }

  get mustClose(): boolean {
    return this.#host.draining || this.#lastRequest || this.context.config.connectionMode === 'close';
  }

  get holdsBytes(): boolean {
    return this.socket.writableLength > 0;
  }

  get requestComplete(): boolean {
    return this.#body === undefined || this.#body.complete;
  }

  /** Ends an idle connection; a busy one ends after its answer because the engine is draining. */
  drain(): void {
    if (this.idle && this.#reader.isEmpty) this.#endAfterAnswer(false);
  }

  /** Ends everything at once. */
  destroy(): void {
    this.#tunnel?.end(failures.killed);
    this.#forwarding?.cancel();
    this.#exchange?.failed(failures.killed);
    this.socket.destroy();
  }

  /** A defect of ours: this connection ends and says why, the others go on. */
  broken(error: unknown): void {
    this.context.report('err', `internal error: ${error instanceof Error ? error.stack : String(error)}`);
    this.#forwarding?.cancel();
    this.#exchange?.failed(failures.internal);
    this.socket.destroy();
  }

  // ---- what the socket reports -----------------------------------------------------------------

  #onData(chunk: Buffer): void {
    if (this.#tunnel !== undefined) return this.#tunnel.clientData(chunk);
    if (this.#closing) return this.#linger(chunk.length);
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
      if (!this.#reader.isEmpty && !this.#closing) logRefusal(this.context, this.connection, 400, 'CR', this.#requestStarted);
      this.#reader.drop();
      this.socket.end();
      return;
    }
    // All of the body may be here, waiting for its server.
    if (exchange.bytesFromClient === 0) this.takeBody();
    if (!this.requestComplete || exchange.backend?.config.abortOnClose === true) {
      this.#forwarding?.cancel();
      return exchange.failed(failures.clientGone);
    }
    // Half-closed clients get their answer, but not for ever: most of them are gone (HAProxy: timeout client-fin).
    const { clientFin, client } = this.context.config.timeouts;
    this.deadline = this.deadlines.in(clientFin || client);
  }

  #onDrain(): void {
    if (this.#tunnel !== undefined) return this.#tunnel.clientDrained();
    if (this.#flushing !== undefined) return this.#answered(this.#flushing.close);
    this.deadline = 0;
    this.#forwarding?.clientDrained();
  }

  #onClose(failed: boolean): void {
    this.#host.gone(this);
    this.#closing = true;
    this.#reader.drop();
    if (this.#tunnel !== undefined) return this.#tunnel.clientClosed(failed);
    this.#forwarding?.cancel();
    this.#exchange?.failed(failures.clientGone);
  }

  expired(): void {
    if (this.#tunnel !== undefined) return this.#tunnel.timedOut();
    if (this.#closing) return void this.socket.destroy();
    const exchange = this.#exchange;
    if (exchange === undefined) {
      if (this.#reader.isEmpty && this.#served) return this.#endAfterAnswer(false);
      return this.#refuse(408, 'cR', 'no complete request in time');
    }
    this.#forwarding?.cancel();
    exchange.failed(this.#halfClosed ? failures.clientGone : failures.clientTimeout);
  }

  // ---- reading requests ------------------------------------------------------------------------

  /** Reads one request after the other for as long as whole ones are there and each is answered at once. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#exchange === undefined && !this.#closing && !this.#reader.isEmpty) {
      const head = this.#reader.next();
      if (head === undefined) {
        this.#awaitHead();
        break;
      }
      if ('refused' in head) this.#refuse(head.status, 'PR', head.reason);
      else this.#startExchange(head);
    }
    this.#pumping = false;
  }

  /** A head that has begun is due a fixed time after its first byte, however it trickles. */
  #awaitHead(): void {
    const timeout = this.#headTimeout;
    this.deadline = timeout === 0 ? 0 : this.#requestStarted + timeout;
  }

  /** `timeout http-request`, or `timeout client` where that is shorter. */
  get #headTimeout(): number {
    const { httpRequest, client } = this.context.config.timeouts;
    return shorter(httpRequest, client);
  }

  /** A request that no rule may see: answered in the parser's own words, logged, and the connection ends. */
  #refuse(status: number, state: string, reason: string): void {
    this.#reader.drop();
    this.context.report('info', `Refused a request from ${this.connection.client.address}:${this.connection.client.port}: ${reason}`);
    if (!(state === 'cR' && this.context.config.dontLogNull && this.#requestStarted === 0)) {
      logRefusal(this.context, this.connection, status, state, this.#requestStarted || performance.now());
    }
    this.socket.write(refusalText(errorAnswer(status)), 'latin1');
    this.#endAfterAnswer(true);
  }

  #startExchange(head: RequestHead): void {
    if (head !== this.#factsOf || this.#facts === undefined) this.#facts = new WireRequest(this.connection, head);
    this.#factsOf = head;
    this.#request = head;
    this.#body = head.framing === 'none' ? undefined : head.framing === 'length' ? new LengthBody(head.contentLength) : new ChunkedBody(this.context.global.maxHeadBytes);
    this.#heldBody = undefined;
    this.deadline = this.#body === undefined ? 0 : this.deadlines.in(this.context.config.timeouts.client);
    const exchange = new Exchange(this.context, this.#facts, this, this.#requestStarted);
    this.#exchange = exchange;
    exchange.start();
  }

  // ---- the request's body ----------------------------------------------------------------------

  #onBody(chunk: Buffer): void {
    const forwarding = this.#forwarding;
    if (forwarding === undefined || (forwarding.blocked && !forwarding.answering)) {
      // No server yet: what was read waits here, the rest in the kernel.
      this.#reader.add(chunk);
      this.socket.pause();
      return;
    }
    const piece = this.#trackBody(chunk);
    if (piece === INVALID) {
      forwarding.cancel();
      this.#exchange?.failed(failures.clientGarbled);
      return;
    }
    this.deadline = this.deadlines.in(this.context.config.timeouts.client);
    forwarding.sendBody(piece);
    if (this.requestComplete) {
      this.deadline = 0;
      forwarding.requestDone();
    } else if (forwarding.blocked) this.socket.pause();
  }

  /** The part of `chunk` that belongs to the body; what is behind it waits as the next request. */
  #trackBody(chunk: Buffer): Buffer | typeof INVALID {
    const end = this.#body?.feed(chunk, 0) ?? 0;
    if (end === INVALID) return INVALID;
    const taken = end === MORE ? chunk.length : end;
    if (this.#exchange !== undefined) this.#exchange.bytesFromClient += taken;
    if (end === MORE || end === chunk.length) return chunk;
    this.#reader.add(chunk.subarray(end));
    this.socket.pause();
    return chunk.subarray(0, end);
  }

  requestHead(backend: Backend, close: boolean): string {
    const request = this.#request;
    const facts = this.#exchange?.facts;
    if (request === undefined || facts === undefined) return '';
    const last = this.#lastSent;
    if (last !== undefined && last.request === request && last.backend === backend && last.close === close) return last.text;
    const text = requestHeadFor(request, forwardedFor(this.context.config, backend, facts), close);
    this.#lastSent = { request, backend, close, text };
    return text;
  }

  takeBody(): Buffer | undefined | typeof INVALID {
    if (this.#heldBody !== undefined) return this.#heldBody;
    if (this.requestComplete || this.#reader.isEmpty) return undefined;
    const piece = this.#trackBody(this.#reader.take());
    if (piece === INVALID) return INVALID;
    // Complete before anything was sent: it can be sent again to another server.
    if (this.requestComplete) {
      this.#heldBody = piece;
      this.deadline = 0;
    }
    return piece;
  }

  resumeClient(): void {
    if (this.#closing || this.socket.destroyed || !this.socket.isPaused()) return;
    if (!this.#reader.isEmpty && !this.requestComplete) {
      this.#onBody(this.#reader.take());
      if (!this.#reader.isEmpty) return;
    }
    this.socket.resume();
  }

  // ---- the carrier -----------------------------------------------------------------------------

  forward(server: ServerState, fresh: boolean): void {
    const exchange = this.#exchange;
    const request = this.#request;
    const backend = exchange?.backend;
    if (exchange === undefined || request === undefined || backend === undefined) return;
    this.#forwarding = new Forwarding(this, exchange, backend, request, server, fresh);
    this.#forwarding.start();
  }

  respond(answer: Answer): void {
    const exchange = this.#exchange;
    const request = this.#request;
    if (exchange === undefined || request === undefined) return;
    this.#forwarding?.cancel();
    const unread = this.takeBody() === INVALID || !this.requestComplete;
    const close = answer.close || unread || this.mustClose || !request.keepAlive || request.upgrade !== undefined;
    const head = answerHead(answer, { version: request.version, close, dechunk: false });
    const body = request.method === 'HEAD' ? '' : answer.body;
    exchange.status = answer.status;
    exchange.bytesToClient += head.length + Buffer.byteLength(body);
    this.socket.write(head + body);
    exchange.completed();
    this.#next(close, unread);
  }

  abort(): void {
    const byReset = this.#forwarding?.endsByClose === true;
    this.#forwarding?.cancel();
    this.#forget();
    this.#closing = true;
    if (this.socket.destroyed) return;
    if (byReset) return reset(this.socket);
    this.deadline = this.deadlines.in(LINGER_TIME);
    this.socket.destroySoon();
  }

  write(head: string, body: Buffer | undefined): boolean {
    const accepted = writeTogether(this.socket, head, body);
    if (!accepted) this.deadline = this.deadlines.in(this.context.config.timeouts.client);
    return accepted;
  }

  answerDone(close: boolean): void {
    this.#forwarding = undefined;
    if (!this.socket.writableNeedDrain) return this.#answered(close);
    this.#exchange?.releaseServer();
    this.#flushing = { close };
  }

  tunnel(connection: ServerConnection, rest: Buffer | undefined): void {
    const exchange = this.#exchange;
    const backend = exchange?.backend;
    if (exchange === undefined || backend === undefined) return connection.destroy();
    this.#forwarding = undefined;
    const tunnel = new Tunnel(this, connection, exchange, this.context.config.timeouts, backend.config.timeouts);
    this.#tunnel = tunnel;
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
    this.#served = true;
    if (close || this.#lastRequest) return this.#endAfterAnswer(unread);
    this.deadline = this.deadlines.in(this.context.config.timeouts.httpKeepAlive || this.#headTimeout);
    if (!this.#reader.isEmpty) {
      this.#requestStarted = performance.now();
      this.#pump();
      // What is left behind the client's last whole request will never be one.
      if (this.#halfClosed && this.#exchange === undefined && !this.#pumping && !this.#closing) return this.#onEnd();
    }
    const waiting = this.#exchange !== undefined && !this.#reader.isEmpty;
    if (!waiting && !this.#closing && this.socket.isPaused()) this.socket.resume();
  }

  /** The client has sent all it will, and nothing of it is unread. */
  get #lastRequest(): boolean {
    return this.#halfClosed && this.#reader.isEmpty;
  }

  #forget(): void {
    this.#exchange = undefined;
    this.#request = undefined;
    this.#body = undefined;
    this.#heldBody = undefined;
    this.#forwarding = undefined;
  }

  /**
   * Ends the connection behind what was written. A client that is still sending would lose the answer to a reset,
   * so its bytes are read and dropped for a short while (RFC 9112 §9.6).
   */
  #endAfterAnswer(unread: boolean): void {
    this.#closing = true;
    this.#reader.drop();
    this.socket.end();
    this.deadline = this.deadlines.in(LINGER_TIME);
    if (unread || this.socket.isPaused()) this.socket.resume();
  }

  #linger(bytes: number): void {
    this.#lingered += bytes;
    if (this.#lingered > LINGER_BYTES) this.socket.destroy();
  }
}
