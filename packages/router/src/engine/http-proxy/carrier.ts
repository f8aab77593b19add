import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BackendState, ServerState } from '../../model/backend.ts';
import type { Answer } from '../../model/answer.ts';
import { Exchange } from '../../exchange/exchange.ts';
import { failures, type Failure } from '../../model/failure.ts';
import type { Socket } from 'node:net';
import type { Carrier } from '../../exchange/carrier.ts';
import { collectBody } from './collect.ts';
import type { HeadEdits } from '../../http/head-edits.ts';
import { HeadWriter, roomForHead } from '../../http/head-writer.ts';
import { answerHead, bodyOf, hintHead } from '../../http/outgoing.ts';
import { writeInterimHead, writeSwitchingHead } from '../../http/response-writer.ts';
import { WireRequest } from '../../http/request-facts.ts';
import { awaitsContinue, type RequestHead } from '../../http/request-head.ts';
import { bodyLength, HeldBody } from '../../http/held-body.ts';
import type { BodyWait } from '../../model/evaluation.ts';
import type { BodySource } from '../../model/facts.ts';
import { Buffering } from '../buffering.ts';
import { compressorFor } from '../compressor.ts';
import { shorter } from '../deadlines.ts';
import { IncomingBody } from './incoming-body.ts';
import type { ResponseHead } from '../../http/response-head.ts';
import type { PrivateConnections } from '../private-connections.ts';
import { AnswerFlow, type FlowUser } from './answer-flow.ts';
import { Attempt } from './attempt.ts';
import type { AttemptClient } from './attempt-client.ts';
import type { CarrierHost } from './carrier-host.ts';
import type { EarlyBytes } from './early-bytes.ts';
import { clientFields } from './heads.ts';
import type { ServerLink } from './server-link.ts';
import { Tunnel } from './tunnel.ts';

/**
 * One request on Node's request and response objects: what its exchange acts through, and what its attempts read. It is long because it
 * serves four contracts on one state.
 */
export class RequestCarrier implements Carrier, AttemptClient, BodySource, FlowUser {
  readonly request: IncomingMessage;
  readonly head: RequestHead;
  readonly facts: WireRequest;
  requestComplete: boolean;
  readonly #connection: CarrierHost;
  readonly #response: ServerResponse;
  readonly exchange: Exchange;
  readonly #written: number;
  readonly #early: EarlyBytes | undefined;
  /** The beginning of the body, when a rule has looked at it. */
  #held: HeldBody | undefined = undefined;
  #incoming: IncomingBody | undefined = undefined;
  /** Rules that wait for it. */
  #buffering: Buffering | undefined = undefined;
  #attempt: Attempt | undefined = undefined;
  #tunnel: Tunnel | undefined = undefined;
  #endsByClose = false;
  #closing = false;
  /** An attempt reads the body of the request. */
  #read = false;
  /** The head of the server's answer is no longer held here alone. */
  #passed = false;
  /** All of the answer is written. */
  #ended = false;
  /** Answered or given up: what still comes of the request is dropped, and the connection has deadlines of its own. */
  #over = false;

  constructor(
    connection: CarrierHost,
    request: IncomingMessage,
    response: ServerResponse,
    head: RequestHead,
    early: EarlyBytes | undefined,
    started: number,
  ) {
    this.#connection = connection;
    this.#early = early;
    this.request = request;
    this.head = head;
    this.#response = response;
    this.requestComplete = head.framing === 'none';
    this.#written = connection.socket.bytesWritten;
    const { context } = connection.host;
    this.facts = new WireRequest(connection.facts, head, context.global.maxEditedBytes, this);
    this.exchange = new Exchange(context, this.facts, this, started);
    this.exchange.firstRequest = connection.firstRequest;
    request.on('error', () => undefined);
    request.once('end', () => (this.requestComplete = true));
    response.on('error', () => undefined);
    response.once('finish', () => this.#answered());
    response.on('drain', () => this.#drained());
    if (this.requestComplete) request.resume();
  }

  /** Lets the exchange begin. Apart from the constructor, because it calls back. */
  start(): void {
    this.exchange.start();
  }

  // ---- the carrier -----------------------------------------------------------------------------

  respond(answer: Answer): void {
    this.#attempt?.cancel();
    const { head } = this;
    const exchange = this.exchange;
    const body =
      head.method === 'HEAD' || answer.status === 204 || answer.status === 304 ? Buffer.alloc(0) : bodyOf(answer);
    const close = answer.close || !this.requestComplete || this.#mustClose || this.#response.headersSent;
    if (close) {
      // Past Node's response: it would destroy a socket the client still writes to, and the answer with it.
      const bytes = Buffer.concat([Buffer.from(answerHead(answer, { version: head.version, close }), 'latin1'), body]);
      exchange.countSent(bytes.length - exchange.bytesToClient);
      exchange.completed();
      this.#over = true;
      this.#connection.endWith(bytes);
      this.request.resume();
      return;
    }
    const fields = answer.headers.flatMap(([name, value]) => [name, value]);
    const sized = answer.status !== 204 && answer.status !== 304;
    const length = sized ? ['content-length', String(Buffer.byteLength(answer.body))] : [];
    if (this.#writeHead(answer.status, answer.reason, [...length, ...fields])) this.#end(body);
  }

  collect(limit: number, done: (body: Buffer | undefined) => void): void {
    collectBody(this, limit, done);
  }

  /** What rules see of the body. Node reads it after the head: without a wait there is nothing. */
  get body(): HeldBody {
    const { head } = this;
    const limit = this.exchange.context.global.maxHeadBytes - head.lines.length;
    return (this.#held ??= new HeldBody(limit, bodyLength(head)));
  }

  buffer(wait: BodyWait, done: () => void): void {
    const view = this.body;
    if (view.enough(wait.atLeast)) return done();
    if (this.head.version === '1.1' && awaitsContinue(this.head) && this.#incoming === undefined) {
      this.#response.writeContinue();
      this.facts.edit().remove('expect');
    }
    const { deadlines } = this.#connection.host;
    this.#buffering = new Buffering(wait, deadlines.in(wait.time), () => {
      this.#buffering = undefined;
      this.#await();
      if (!this.#over) done();
    });
    this.#incoming ??= new IncomingBody(this.request, view);
    this.#incoming.buffer(this.#buffering);
    this.#await();
  }

  hint(fields: readonly (readonly [name: string, value: string])[]): void {
    if (this.head.version === '1.1') this.#connection.socket.write(hintHead(fields), 'latin1');
  }

  preferred(backend: BackendState): ServerState | undefined {
    return this.privateConnections.preferred(backend);
  }

  forward(server: ServerState, fresh: boolean): void {
    const { backendConfig } = this.exchange;
    if (backendConfig === undefined) return;
    this.#attempt = new Attempt(this.#connection.host, this, this.exchange, backendConfig, server, fresh);
    this.#attempt.start();
  }

  abort(): void {
    this.#over = true;
    this.#attempt?.cancel();
    if (this.#tunnel === undefined) this.#connection.abort(this.#endsByClose);
  }

  // ---- what an attempt asks --------------------------------------------------------------------

  get firstRequest(): boolean {
    return this.#connection.firstRequest;
  }

  get privateConnections(): PrivateConnections<ServerLink> {
    return this.#connection.privateConnections;
  }

  readBody(take: (chunk: Buffer) => boolean, end: () => void): void {
    const { request } = this;
    this.#read = true;
    const pass = (chunk: Buffer): void => {
      if (this.#over) return;
      this.exchange.countReceived(chunk.length);
      if (!take(chunk)) request.pause();
      this.#await();
    };
    const ended = (): void => {
      if (this.#over) return;
      this.#await();
      end();
    };
    if (this.#incoming !== undefined) this.#incoming.read(pass, ended);
    else request.on('data', pass).once('end', ended);
    this.#await();
  }

  resumeBody(): void {
    if (this.requestComplete || this.#over) return;
    this.request.resume();
    this.#await();
  }

  interim(head: ResponseHead): boolean {
    if (this.#response.headersSent) return true;
    const sent = new HeadWriter(Buffer.alloc(roomForHead(head.lines, undefined)));
    writeInterimHead(sent, head, undefined);
    return this.#connection.socket.write(sent.written);
  }

  onceDrained(drained: () => void): void {
    this.#await();
    this.#connection.socket.once('drain', () => {
      this.#await();
      drained();
    });
  }

  answer(head: ResponseHead, message: IncomingMessage): void {
    const response = this.#response;
    const { exchange } = this;
    const flow = new AnswerFlow(message, response, this);
    const compressor = compressorFor(exchange, head, flow);
    const edits = exchange.answerEdits;
    // An HTTP/1.0 client knows no chunks: without a length the end of its connection is the end of the body.
    this.#endsByClose = this.head.version === '1.0' && (head.framing === 'chunked' || head.framing === 'close');
    this.#closing = this.#mustClose || this.#endsByClose || head.framing === 'close';
    const status = edits?.status ?? head.status;
    const reason = edits?.reason ?? message.statusMessage ?? '';
    if (!this.#writeHead(status, reason, clientFields(message.rawHeaders, head, edits))) return compressor?.destroy();
    flow.begin(compressor);
    message.once('end', () => {
      if (!message.complete) return this.#attempt?.cut();
      this.#attempt?.completed(head.keepAlive);
      flow.end();
    });
    message.once('close', () => this.#attempt?.cut());
    // A body that does not come with its head (an event stream) must not keep the head waiting.
    setImmediate(() => {
      if (this.#over || response.writableEnded || response.destroyed) return;
      this.#passed = true;
      response.flushHeaders();
    });
  }

  // ---- what the flow of the answer reports -----------------------------------------------------

  get over(): boolean {
    return this.#over;
  }

  passed(chunk: Buffer): void {
    this.exchange.bodyReader?.(chunk);
    this.#passed = true;
  }

  waits(waiting: boolean): void {
    this.#attempt?.waitsForClient(waiting);
    if (waiting || this.#connection.halfClosed) this.#await();
  }

  ended(): void {
    this.#end();
  }

  broken(): void {
    this.fail(failures.internal);
  }

  retract(): boolean {
    return !this.#passed && !this.#ended;
  }

  tunnel(head: ResponseHead, socket: Socket, rest: Buffer, edits: HeadEdits | undefined): void {
    const client = this.#connection.socket;
    const { backendConfig } = this.exchange;
    const { deadlines, tunnels } = this.#connection.host;
    if (backendConfig === undefined || client.destroyed) return void socket.destroy();
    // Like an interim answer, a 200 to CONNECT can have no framing (RFC 9110 §9.3.6).
    const sent = new HeadWriter(Buffer.alloc(roomForHead(head.lines, edits)));
    (head.status === 101 ? writeSwitchingHead : writeInterimHead)(sent, head, edits);
    this.#response.detachSocket(client);
    client.removeAllListeners('data');
    client.removeAllListeners('drain');
    client.write(sent.written);
    this.exchange.countSent(sent.length);
    this.exchange.tunnelled();
    const tunnel = new Tunnel(client, socket, this.exchange, backendConfig, deadlines, this.head.upgrade);
    this.#tunnel = tunnel.join(tunnels);
    this.#connection.deadline = 0;
    this.#tunnel.start(this.#early?.take() ?? Buffer.alloc(0), rest, this.#connection.halfClosed);
  }

  // ---- what the connection reports -------------------------------------------------------------

  /** True while raw bytes flow: the tunnel then looks after both sockets. */
  get tunnelling(): boolean {
    return this.#tunnel !== undefined;
  }

  /** The client has taken all that was written, where Node does not say so itself. */
  socketDrained(): void {
    this.#response.emit('drain');
  }

  /** The client's FIN: an abort while it sends its request, else it may still want the answer. */
  clientEnded(): void {
    const { abortOnClose } = this.exchange.backendConfig ?? {};
    // Of a whole request the body may still wait to be read: that is no abort.
    if (!this.request.complete || abortOnClose === true) return this.gone();
    this.#await();
  }

  /** The client has left. */
  gone(): void {
    this.fail(this.request.complete ? failures.clientGone : failures.uploadCut);
  }

  /** Ends the exchange, and a tunnel, for something that happened on the client's side or to the process. */
  readonly kill = (failure: Failure): void => this.fail(failure);

  fail(failure: Failure): void {
    if (this.#tunnel !== undefined) return this.#tunnel.end(failure);
    this.#attempt?.cancel();
    this.exchange.failed(failure);
  }

  // ---- the answer ------------------------------------------------------------------------------

  get #mustClose(): boolean {
    return this.#connection.mustClose || !this.head.keepAlive || this.head.mayTunnel || this.#last;
  }

  /** Node drops what it read behind an upgrade that is not passed on, and ends the connection behind an Expect. */
  get #last(): boolean {
    const { names } = this.head.fields;
    return names.includes('upgrade') || names.includes('expect');
  }

  /** False when Node refuses to write such a head: then nothing was sent, and the exchange ends with a 502. */
  #writeHead(status: number, reason: string, fields: readonly string[]): boolean {
    const response = this.#response;
    response.sendDate = false;
    // Node's own `Connection: close` would destroy a socket whose request is still coming in.
    const close = (this.#closing || this.#mustClose) && this.requestComplete;
    if (!close && this.head.version === '1.1') response.removeHeader('connection');
    try {
      response.writeHead(status, reason, close ? [...fields, 'Connection', 'close'] : [...fields]);
      return true;
    } catch (error) {
      this.exchange.context.report(
        'warning',
        `An answer could not be written: ${error instanceof Error ? error.message : String(error)}`,
      );
      this.exchange.unanswered();
      this.#attempt?.cancel();
      this.exchange.failed(failures.serverInvalid);
      return false;
    }
  }

  /** The rest of the answer; its client has `timeout client` to take it. */
  #end(body?: Buffer): void {
    this.#ended = true;
    this.#await();
    this.#response.end(body);
  }

  #drained(): void {
    this.#await();
    this.#attempt?.waitsForClient(false);
  }

  /**
   * `timeout client` runs while the next step is the client's: it takes what we wrote, or sends a body that its server
   * reads. While it waits for others nothing does, unless it has half-closed (`timeout client-fin`).
   */
  #await(): void {
    if (this.#over) return;
    const { halfClosed, host, socket } = this.#connection;
    const { client, clientFin } = this.exchange.context.config.timeouts;
    const sends = this.#read && !this.requestComplete && !this.request.isPaused();
    const takes = this.#ended || this.#response.writableNeedDrain || socket.writableNeedDrain;
    const waits = this.#buffering !== undefined;
    const timeout = sends || takes || waits ? client : halfClosed ? clientFin || client : 0;
    this.#connection.deadline = shorter(host.deadlines.in(timeout), this.#buffering?.deadline ?? 0);
  }

  /** The last byte of the answer has left. */
  #answered(): void {
    this.exchange.countSent(this.#connection.socket.bytesWritten - this.#written - this.exchange.bytesToClient);
    this.exchange.completed();
    this.#over = true;
    this.#connection.next(this.#closing || this.#mustClose, this.requestComplete ? undefined : this.request);
  }
}
