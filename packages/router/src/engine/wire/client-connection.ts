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
import { ChunkedBody, INVALID, LengthBody, MORE, type BodyTracker } from './body.ts';
import { shorter, type Deadlines, type Timed } from './deadlines.ts';
import { hasStrayBytes } from './fields.ts';
import { Forwarding, type ForwardingClient } from './forwarding.ts';
import { answerHead, refusalText, requestHeadFor } from './outgoing.ts';
import type { Pool } from './pool.ts';
import { WireRequest } from './request-facts.ts';
import { parseRequestHead, type RequestHead } from './request-head.ts';
import type { ServerConnection } from './server-connection.ts';
import { Tunnel } from './tunnel.ts';

/** How long, and for how many bytes, a client may go on sending after the answer that ends its connection. */
const LINGER_TIME = 2000;
const LINGER_BYTES = 1 << 20;
/** Empty lines allowed in front of a request line (RFC 9112 §2.2). */
const MAX_LEADING_BYTES = 4;
/** Answers up to this size leave in one piece with their head. Bytes. */
const SMALL = 8192;
const CR = 13;
const LF = 10;

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
  /** Bytes read and not yet understood: part of a head, a body before its server is there, the next request. */
  #pending: Buffer | undefined = undefined;
  #scanned = 0;
  #requestStarted = 0;
  #exchange: Exchange | undefined = undefined;
  #request: RequestHead | undefined = undefined;
  /** The request before: clients repeat themselves, and what is the same to the byte is not read again. */
  #lastHead: RequestHead | undefined = undefined;
  #facts: WireRequest | undefined = undefined;
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
    const { httpRequest, client } = this.context.config.timeouts;
    this.deadline = this.deadlines.in(shorter(httpRequest, client));
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
    if (this.idle && this.#pending === undefined) this.#endAfterAnswer(false);
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
      if (this.#pending === undefined) {
        this.#requestStarted = performance.now();
        this.#scanned = 0;
      }
      this.#keep(chunk);
      return this.#pump();
    }
    if (this.#body !== undefined && !this.#body.complete) return this.#onBody(chunk);
    // The next request, or tunnel bytes, ahead of time: one read of it is kept, then the client waits.
    this.#keep(chunk);
    this.socket.pause();
  }

  #onEnd(): void {
    this.#halfClosed = true;
    if (this.#tunnel !== undefined) return this.#tunnel.clientEnded();
    const exchange = this.#exchange;
    if (exchange === undefined) {
      if (this.#pending !== undefined && !this.#closing) logRefusal(this.context, this.connection, 400, 'CR', this.#requestStarted);
      this.#pending = undefined;
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
    this.#pending = undefined;
    if (this.#tunnel !== undefined) return this.#tunnel.clientClosed(failed);
    this.#forwarding?.cancel();
    this.#exchange?.failed(failures.clientGone);
  }

  expired(): void {
    if (this.#tunnel !== undefined) return this.#tunnel.timedOut();
    if (this.#closing) return void this.socket.destroy();
    const exchange = this.#exchange;
    if (exchange === undefined) {
      if (this.#pending === undefined && this.#served) return this.#endAfterAnswer(false);
      return this.#refuse(408, 'cR', 'no complete request in time');
    }
    this.#forwarding?.cancel();
    exchange.failed(this.#halfClosed ? failures.clientGone : failures.clientTimeout);
  }

  // ---- reading requests ------------------------------------------------------------------------

  #keep(chunk: Buffer): void {
    this.#pending = this.#pending === undefined ? chunk : Buffer.concat([this.#pending, chunk]);
  }

  /** Reads one request after the other for as long as whole ones are there and each is answered at once. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#exchange === undefined && !this.#closing && this.#pending !== undefined && this.#readRequest(this.#pending)) {
      // One request was read and handed over; when it has been answered already the next one follows.
    }
    this.#pumping = false;
  }

  /** Reads the request at the beginning of `bytes`; false when it is not complete or was refused. */
  #readRequest(bytes: Buffer): boolean {
    const { maxHeadBytes } = this.context.global;
    let start = 0;
    while (start < MAX_LEADING_BYTES && bytes[start] === CR && bytes[start + 1] === LF) start += 2;
    if (start === bytes.length) {
      this.#pending = undefined;
      return false;
    }
    const last = this.#lastHead;
    if (last !== undefined && bytes.length === last.text.length && bytes.toString('latin1') === last.text) {
      this.#pending = undefined;
      this.#startExchange(last);
      return true;
    }
    const end = bytes.indexOf('\r\n\r\n', Math.max(start, this.#scanned - 3));
    if (end === -1) return this.#readPartialHead(bytes, start);
    if (end + 4 - start > maxHeadBytes) return this.#refuseOversized(bytes, start);
    const text = bytes.toString('latin1', start, end + 4);
    const head = last?.text === text ? last : parseRequestHead(text, this.context.global, last);
    if ('refused' in head) {
      this.#refuse(head.status, 'PR', head.reason);
      return false;
    }
    this.#pending = end + 4 < bytes.length ? bytes.subarray(end + 4) : undefined;
    this.#startExchange(head);
    return true;
  }

  #readPartialHead(bytes: Buffer, start: number): boolean {
    if (bytes.length - start > this.context.global.maxHeadBytes) return this.#refuseOversized(bytes, start);
    // The last byte seen may be half a line end, so it is read again, unless it is the end of one that was whole.
    const seen = Math.max(start, this.#scanned - 1);
    const from = seen > start && bytes[seen] === LF ? seen + 1 : seen;
    if (hasStrayBytes(bytes.toString('latin1', from))) {
      this.#refuse(400, 'PR', 'control byte or bare line end in the head');
      return false;
    }
    this.#scanned = bytes.length;
    const { httpRequest, client } = this.context.config.timeouts;
    const timeout = shorter(httpRequest, client);
    this.deadline = timeout === 0 ? 0 : this.#requestStarted + timeout;
    return false;
  }

  #refuseOversized(bytes: Buffer, start: number): false {
    const lineEnd = bytes.indexOf('\r\n', start);
    const lineTooLong = lineEnd === -1 || lineEnd - start > this.context.global.maxHeadBytes - 256;
    this.#refuse(lineTooLong ? 414 : 431, 'PR', 'head too large');
    return false;
  }

  /** A request that no rule may see: answered in the parser's own words, logged, and the connection ends. */
  #refuse(status: number, state: string, reason: string): void {
    this.#pending = undefined;
    this.context.report('info', `Refused a request from ${this.connection.client.address}:${this.connection.client.port}: ${reason}`);
    if (!(state === 'cR' && this.context.config.dontLogNull && this.#requestStarted === 0)) {
      logRefusal(this.context, this.connection, status, state, this.#requestStarted || performance.now());
    }
    this.socket.write(refusalText(errorAnswer(status)), 'latin1');
    this.#endAfterAnswer(true);
  }

  #startExchange(head: RequestHead): void {
    this.#request = head;
    this.#body = head.framing === 'none' ? undefined : head.framing === 'length' ? new LengthBody(head.contentLength) : new ChunkedBody(this.context.global.maxHeadBytes);
    this.#heldBody = undefined;
    this.deadline = this.#body === undefined ? 0 : this.deadlines.in(this.context.config.timeouts.client);
    if (head !== this.#lastHead || this.#facts === undefined) this.#facts = new WireRequest(this.connection, head);
    this.#lastHead = head;
    const exchange = new Exchange(this.context, this.#facts, this, this.#requestStarted);
    this.#exchange = exchange;
    exchange.start();
  }

  // ---- the request's body ----------------------------------------------------------------------

  #onBody(chunk: Buffer): void {
    const forwarding = this.#forwarding;
    if (forwarding === undefined || (forwarding.blocked && !forwarding.answering)) {
      // No server yet: what was read waits here, the rest in the kernel.
      this.#keep(chunk);
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
    this.#pending = chunk.subarray(end);
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
    const pending = this.#pending;
    if (this.#body === undefined || this.#body.complete || pending === undefined) return undefined;
    this.#pending = undefined;
    const piece = this.#trackBody(pending);
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
    const pending = this.#pending;
    if (pending !== undefined && !this.requestComplete) {
      this.#pending = undefined;
      this.#onBody(pending);
      if (this.#pending !== undefined) return;
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
    const { socket } = this;
    let accepted: boolean;
    if (body === undefined || body.length === 0) accepted = socket.write(head, 'latin1');
    else if (head === '') accepted = socket.write(body);
    else if (body.length <= SMALL) accepted = socket.write(head + body.toString('latin1'), 'latin1');
    else {
      socket.cork();
      socket.write(head, 'latin1');
      accepted = socket.write(body);
      socket.uncork();
    }
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
    const early = this.#pending;
    this.#pending = undefined;
    if (early !== undefined) tunnel.clientData(early);
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
    const { httpKeepAlive, httpRequest, client } = this.context.config.timeouts;
    this.deadline = this.deadlines.in(httpKeepAlive || shorter(httpRequest, client));
    if (this.#pending !== undefined) {
      this.#requestStarted = performance.now();
      this.#scanned = 0;
      this.#pump();
      // What is left behind the client's last whole request will never be one.
      if (this.#halfClosed && this.#exchange === undefined && !this.#pumping && !this.#closing) return this.#onEnd();
    }
    const waiting = this.#exchange !== undefined && this.#pending !== undefined;
    if (!waiting && !this.#closing && this.socket.isPaused()) this.socket.resume();
  }

  /** The client has sent all it will, and nothing of it is unread. */
  get #lastRequest(): boolean {
    return this.#halfClosed && this.#pending === undefined;
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
    this.#pending = undefined;
    this.socket.end();
    this.deadline = this.deadlines.in(LINGER_TIME);
    if (unread || this.socket.isPaused()) this.socket.resume();
  }

  #linger(bytes: number): void {
    this.#lingered += bytes;
    if (this.#lingered > LINGER_BYTES) this.socket.destroy();
  }
}
