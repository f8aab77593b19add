import { resetSocket } from '@headgate/shared/net/node/reset';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { failures } from '../../model/failure.ts';
import type { ConnectionFacts } from '../../model/facts.ts';
import { drainTimeout, type Draining } from '../drain.ts';
import { keepInvalid, type Wrong } from '../keep-invalid.ts';
import type { OpenSession } from '../open-session.ts';
import type { Tunnels } from '../tunnels.ts';
import { headTimeout, shorter, type Timed } from '../deadlines.ts';
import { LINGER_BYTES, LINGER_TIME } from '../linger.ts';
import { cutShort, logLeft, refuseMalformed, refuseSlow, type Unserved } from '../refuse.ts';
import { otherProtocol } from '../../http/other-protocol.ts';
import { parseRequestHead } from '../../http/request-head.ts';
import { PrivateConnections } from '../private-connections.ts';
import type { AttemptHost } from './attempt.ts';
import { RequestCarrier } from './carrier.ts';
import type { CarrierHost } from './carrier-host.ts';
import type { EarlyBytes } from './early-bytes.ts';
import { requestText } from './heads.ts';
import type { ParseError } from './parse-error.ts';
import type { ServerLink } from './server-link.ts';

/** What an engine lends its client connections. */
export interface ConnectionHost extends AttemptHost {
  readonly tunnels: Tunnels;
  readonly draining: Draining;
}

/** Requests a client may send ahead of its answers: Node reads on, and each costs it a hundred times its bytes. */
const MOST_WAITING = 100;

/** A request Node has read, waiting for its turn. */
interface Arrived {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Bytes behind the head of an upgrade; undefined for an ordinary request. */
  readonly early: EarlyBytes | undefined;
}

/**
 * One client connection under Node's HTTP server. Node parses ahead and would hand over pipelined requests at once;
 * here they wait for each other, in order.
 */
export class ClientConnection implements Timed, CarrierHost {
  deadline = 0;
  halfClosed = false;
  readonly host: ConnectionHost;
  readonly socket: Socket;
  readonly facts: ConnectionFacts;
  readonly privateConnections: PrivateConnections<ServerLink>;
  readonly #waiting: Arrived[] = [];
  #current: RequestCarrier | undefined = undefined;
  readonly #accepted = performance.now();
  #started = 0;
  #served = false;
  #closing = false;
  #dropping = false;
  #broken: (Wrong & { readonly status: number }) | undefined = undefined;
  #lingered = 0;
  #headBytes = 0;

  constructor(host: ConnectionHost, socket: Socket, facts: ConnectionFacts) {
    this.host = host;
    this.socket = socket;
    this.facts = facts;
    this.privateConnections = new PrivateConnections(host.idle, host.deadlines);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => this.#noticed(chunk.length));
    socket.once('end', () => this.#ended());
    socket.once('close', () => this.#closed());
  }

  /** Waits for a first request. Apart from the constructor, because the clock must know the connection first. */
  begin(): void {
    this.deadline = this.host.deadlines.in(headTimeout(this.host.context.config.timeouts));
  }

  /** What it is serving. */
  get session(): OpenSession | undefined {
    return this.#current;
  }

  get firstRequest(): boolean {
    return !this.#served;
  }

  get mustClose(): boolean {
    const last = this.halfClosed && this.#waiting.length === 0;
    return this.host.draining !== 'no' || last || this.host.context.config.connectionMode === 'close';
  }

  /** A whole request head has come. */
  arrived(arrived: Arrived): void {
    if (this.#closing) return;
    // Behind an upgrade Node no longer says when the client has taken what was written.
    if (arrived.early !== undefined) this.socket.on('drain', () => this.#current?.socketDrained());
    if (this.#current === undefined) return this.#begin(arrived);
    if (this.#waiting.length >= MOST_WAITING) return this.#tooMany();
    this.#waiting.push(arrived);
    if (arrived.early === undefined) this.socket.pause();
  }

  /** Node's parser gave up. */
  unreadable({ code, bytes, at }: ParseError): void {
    if (this.#closing) return;
    if (!code.startsWith('HPE_')) return void this.socket.destroy();
    // The FIN of the client cut its message: #ended looks after that.
    if (code === 'HPE_INVALID_EOF_STATE' || code === 'HPE_CLOSED_CONNECTION') return;
    const status = code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
    if (this.#current === undefined) return this.#refuse(status, { reason: otherProtocol(bytes) ?? code, bytes, at });
    const wrong = { reason: code, bytes: Buffer.from(bytes), at };
    if (this.#current.request.complete) this.#broken = { ...wrong, status };
    else {
      keepInvalid(this.#current.exchange, wrong);
      this.#current.fail(failures.clientGarbled);
    }
  }

  /** Every read, when Node's parser has seen it: it counts names and values only, and would read on a head of many short lines. */
  parsed(bytes: Buffer): void {
    const inHead = this.#current === undefined && this.#started !== 0 && !this.#dropping && !this.#closing;
    this.#headBytes = inHead ? this.#headBytes + bytes.length : 0;
    if (this.#headBytes > this.host.context.global.maxHeadBytes)
      this.#refuse(431, { reason: 'head too large', bytes, at: bytes.length });
  }

  next(close: boolean, unread: IncomingMessage | undefined): void {
    this.#current = undefined;
    this.#served = true;
    if (close || this.mustClose) return this.#end();
    if (this.#broken !== undefined) return this.#refuse(this.#broken.status, this.#broken);
    this.#rest();
    if (unread !== undefined) this.#drop(unread);
    const waiting = this.#waiting.shift();
    if (waiting === undefined) return void this.socket.resume();
    this.#begin(waiting);
    // Node resumes it with each request that ends.
    if (this.#waiting.length > 0 && this.#waiting.at(-1)?.early === undefined) this.socket.pause();
  }

  endWith(answer: Buffer): void {
    this.#current = undefined;
    this.socket.write(answer);
    this.#end();
  }

  abort(byReset: boolean): void {
    this.#current = undefined;
    this.#closing = true;
    if (this.socket.destroyed) return;
    if (byReset) return resetSocket(this.socket);
    this.deadline = this.host.deadlines.in(LINGER_TIME);
    this.socket.destroySoon();
  }

  /** An idle connection ends soon; a busy one ends behind its answer. */
  drain(): void {
    if (this.#current !== undefined || this.#started !== 0 || this.#dropping || this.#closing) return;
    if (this.host.draining === 'late') return;
    const { deadlines, context } = this.host;
    this.deadline = deadlines.in(drainTimeout(this.#served, headTimeout(context.config.timeouts)));
  }

  destroy(): void {
    this.#current?.fail(failures.killed);
    this.#closing = true;
    this.socket.destroy();
  }

  expired(): void {
    if (this.#closing) return void this.socket.destroy();
    if (this.#current !== undefined)
      return this.#current.fail(this.halfClosed ? failures.clientGone : failures.clientTimeout);
    if ((this.#served || this.host.draining !== 'no') && this.#started === 0) return this.#end();
    this.#endWithPage(refuseSlow(this.#unserved));
  }

  /** Between two requests. */
  #rest(): void {
    this.#started = 0;
    const { httpKeepAlive, client } = this.host.context.config.timeouts;
    this.deadline = this.host.deadlines.in(
      shorter(httpKeepAlive, client) || headTimeout(this.host.context.config.timeouts),
    );
  }

  /** An early answer left before the request was complete: the client may finish, at the pace of `timeout client`. */
  #drop(request: IncomingMessage): void {
    this.#dropping = true;
    this.deadline = this.host.deadlines.in(this.host.context.config.timeouts.client);
    request.once('end', () => {
      this.#dropping = false;
      if (this.#current === undefined && !this.#closing) this.#rest();
    });
    request.resume();
  }

  #begin({ request, response, early }: Arrived): void {
    // Behind a FIN the rest of a request will never come.
    if (this.halfClosed && !request.complete) return this.#end();
    const started = this.#started || performance.now();
    const text = requestText(request);
    const head = parseRequestHead(text, this.host.context.global);
    if ('refused' in head) return this.#refuse(head.status, { ...head, bytes: Buffer.from(text, 'latin1') });
    this.deadline = 0;
    // Node does this for ordinary requests. Not before its turn: a socket has one response at a time.
    if (early !== undefined) response.assignSocket(this.socket);
    this.#current = new RequestCarrier(this, request, response, head, early, started);
    this.#current.start();
    if (this.halfClosed) this.#current?.clientEnded();
  }

  /** Every read, before Node's parser sees it. */
  #noticed(bytes: number): void {
    if (this.#closing) {
      this.#lingered += bytes;
      if (this.#lingered > LINGER_BYTES) this.socket.destroy();
      return;
    }
    if (this.#dropping) this.deadline = this.host.deadlines.in(this.host.context.config.timeouts.client);
    if (this.#dropping || this.#current !== undefined || this.#started !== 0) return;
    this.#started = performance.now();
    this.deadline = this.host.deadlines.in(headTimeout(this.host.context.config.timeouts));
  }

  #ended(): void {
    this.halfClosed = true;
    if (this.#current?.tunnelling === true) return;
    if (this.#current !== undefined) return this.#current.clientEnded();
    if (this.#closing) return;
    if (!this.#rests) this.socket.write(cutShort(this.#unserved));
    this.#left();
    this.#end();
  }

  /** Between two requests. */
  get #rests(): boolean {
    return this.#started === 0 && this.#served;
  }

  /** The client left between two requests, or before the end of a head: logged unless that is how connections end (`dontlognull`: or begin). */
  #left(): void {
    if (!this.#rests) logLeft(this.#unserved);
  }

  get #unserved(): Unserved {
    const started = this.#started || this.#accepted;
    return { context: this.host.context, connection: this.facts, started, silent: this.#started === 0 };
  }

  #tooMany(): void {
    const { address, port } = this.facts.client;
    this.host.context.report(
      'info',
      `Closed the connection of ${address}:${port}: more than ${MOST_WAITING} requests ahead of their answers`,
    );
    this.#closing = true;
    this.#waiting.length = 0;
    this.socket.destroy();
  }

  #closed(): void {
    if (this.#current === undefined && !this.#closing && !this.#dropping) this.#left();
    this.#closing = true;
    this.privateConnections.close();
    this.#waiting.length = 0;
    if (this.#current?.tunnelling === false) this.#current.gone();
  }

  /** A request no rule may see: answered in HAProxy's words, logged, and the connection ends. */
  #refuse(status: number, wrong: Wrong): void {
    this.#endWithPage(refuseMalformed(this.#unserved, status, wrong));
  }

  #endWithPage(page: Buffer): void {
    this.socket.write(page);
    this.#end();
  }

  /**
   * Ends behind what was written, for which the client has its time. What it still sends is read and dropped for a
   * while more (RFC 9112 §9.6).
   */
  #end(): void {
    this.#closing = true;
    this.#waiting.length = 0;
    const { deadlines, context } = this.host;
    this.deadline = deadlines.in(context.config.timeouts.client);
    this.socket.end(() => (this.deadline = deadlines.in(LINGER_TIME)));
    this.socket.resume();
  }
}
