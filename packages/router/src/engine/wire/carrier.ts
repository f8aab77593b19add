import type { Carrier } from '../../exchange/carrier.ts';
import type { FrontendContext } from '../../exchange/context.ts';
import { Exchange } from '../../exchange/exchange.ts';
import { INVALID } from '../../http/body.ts';
import { bodyLength, FramedBody, NO_BODY } from '../../http/held-body.ts';
import type { HeadWriter } from '../../http/head-writer.ts';
import { answerHead, bodyOf, hintHead } from '../../http/outgoing.ts';
import { WireRequest } from '../../http/request-facts.ts';
import { awaitsContinue, type RequestHead } from '../../http/request-head.ts';
import type { Answer } from '../../model/answer.ts';
import type { BackendState, ServerState } from '../../model/backend.ts';
import type { BodyWait } from '../../model/evaluation.ts';
import type { BodySource, BodyView } from '../../model/facts.ts';
import { failures, type Failure } from '../../model/failure.ts';
import { MANY_CHUNKS } from '../allowance.ts';
import { keepInvalid } from '../keep-invalid.ts';
import { Buffering } from '../buffering.ts';
import { Collecting } from '../collecting.ts';
import type { OpenSession } from '../open-session.ts';
import { shorter } from '../deadlines.ts';
import type { CarrierHost } from './carrier-host.ts';
import type { ForwardingClient } from './forwarding-client.ts';
import { Forwarding } from './forwarding.ts';
import { RequestBody } from './request-body.ts';
import type { ServerConnection } from './server-connection.ts';
import { Tunnel } from './tunnel.ts';
import { beginHead, writeTogether } from './write.ts';

const CONTINUE = Buffer.from('HTTP/1.1 100 Continue\r\n\r\n');

/**
 * One request on its client's connection: what its exchange acts through, and what its attempts read from and write to. The
 * connection reports to it for as long as it lasts, and gets the connection back by `next` or `abort`. It is long because
 * it serves two contracts on one state, the exchange's and that of its attempts.
 */
export class RequestCarrier implements Carrier, ForwardingClient, OpenSession, BodySource {
  readonly host: CarrierHost;
  readonly context: FrontendContext;
  readonly facts: WireRequest;
  readonly #request: RequestHead;
  readonly #exchange: Exchange;
  readonly #body: RequestBody | undefined;
  #forwarding: Forwarding | undefined = undefined;
  #tunnel: Tunnel | undefined = undefined;
  /** The beginning of the body, when a rule has looked at it. */
  #held: FramedBody | undefined = undefined;
  /** Rules that wait for it. */
  #buffering: Buffering | undefined = undefined;
  /** The client was told to send its body (`Expect: 100-continue`). */
  continued = false;
  /** The body of a request that is answered here, as far as it came. */
  #collecting: Collecting | undefined = undefined;
  /** The answer is complete but the client has not taken all of it: the exchange ends with its last byte. */
  #flushing: { readonly close: boolean } | undefined = undefined;

  /** `started`: when the first byte of the request came; `complete`: when the last one of its head did. */
  constructor(host: CarrierHost, context: FrontendContext, request: RequestHead, started: number, complete: number) {
    const { global } = context;
    this.host = host;
    this.context = context;
    this.#request = request;
    this.#body = request.framing === 'none' ? undefined : new RequestBody(request, host.reader, global.maxHeadBytes);
    this.facts = new WireRequest(host.facts, request, global.maxEditedBytes, this);
    this.#exchange = new Exchange(context, this.facts, this, started, complete);
    this.#exchange.firstRequest = !host.served;
  }

  /** Lets the exchange begin. Apart from the constructor, because it calls back. */
  start(): void {
    // Only what is passed on as it comes, a body or a tunnel, may be held after the call that lends it.
    this.host.link.bulk = this.#body !== undefined;
    this.#await();
    this.#exchange.start();
  }

  get exchange(): Exchange {
    return this.#exchange;
  }

  get requestComplete(): boolean {
    return this.#body === undefined || this.#body.complete;
  }

  get mustClose(): boolean {
    return this.host.lastRequest || this.context.config.connectionMode === 'close';
  }

  /** Something of what was read is in memory here, on its way to the server. */
  get holdsUpload(): boolean {
    return this.#tunnel?.holdsUpload ?? this.#forwarding?.holdsUpload ?? false;
  }

  /** The exchange first: how an answer is cut depends on how far it came. */
  fail(failure: Failure): void {
    const forwarding = this.#forwarding;
    this.#exchange.failed(failure);
    forwarding?.cancel();
  }

  /** Ends everything at once. */
  kill(failure: Failure): void {
    this.#tunnel?.end(failure);
    this.fail(failure);
  }

  // ---- reports of the connection ---------------------------------------------------------------

  clientData(chunk: Buffer): void {
    if (this.#tunnel !== undefined) return this.#tunnel.clientData(chunk);
    if (this.#body !== undefined && !this.#body.complete) return this.#onBody(this.#body, chunk);
    // The next request, or tunnel bytes, ahead of time: one read of it is kept, then the client waits.
    this.host.reader.add(chunk);
    this.host.link.pause();
  }

  clientEnded(): void {
    if (this.#tunnel !== undefined) return this.#tunnel.clientEnded();
    // All of the body may be here, waiting for its server.
    if (this.#exchange.bytesFromClient === 0) this.takeBody();
    const abort = this.#exchange.backendConfig?.abortOnClose === true;
    if (!this.requestComplete || abort) return this.fail(this.#goneNow());
    this.#await();
  }

  clientDrained(): void {
    if (this.#tunnel !== undefined) return this.#tunnel.clientDrained();
    if (this.#flushing !== undefined) return this.#answered(this.#flushing.close);
    this.#await();
    this.#forwarding?.clientDrained();
  }

  clientClosed(failed: boolean): void {
    if (this.#tunnel !== undefined) this.#tunnel.clientClosed(failed);
    else this.fail(this.#goneNow());
  }

  clientTimedOut(): void {
    if (this.#tunnel !== undefined) return this.#tunnel.timedOut();
    this.fail(this.host.halfClosed && !this.#mustTake() ? failures.clientGone : failures.clientTimeout);
  }

  /** The turn of the loop has come for which the connection's was refused, with the link paused. */
  clientTurn(): void {
    if (this.#tunnel !== undefined) this.host.link.resume();
    else if (this.#forwarding?.blocked !== true) this.resumeClient();
  }

  /** What it is when the client leaves now. */
  #goneNow(): Failure {
    return this.requestComplete ? failures.clientGone : failures.uploadCut;
  }

  // ---- the request's body ----------------------------------------------------------------------

  #onBody(body: RequestBody, chunk: Buffer): void {
    const { host } = this;
    const forwarding = this.#forwarding;
    if (this.#collecting !== undefined) {
      host.reader.add(chunk);
      return this.#collect(this.#collecting);
    }
    if (this.#buffering !== undefined) {
      host.reader.add(chunk);
      this.#held?.feed(chunk);
      return this.#buffer(this.#buffering);
    }
    if (forwarding === undefined || (forwarding.blocked && !forwarding.answering)) {
      this.#held?.feed(chunk);
      // No server yet: what was read waits here, the rest in the kernel.
      host.reader.add(chunk);
      host.link.pause();
      return this.#await();
    }
    const piece = body.track(chunk);
    this.#noteBody(body);
    if (piece === INVALID) return this.fail(failures.clientGarbled);
    forwarding.sendBody(piece);
    if (body.laborious) host.turn.pass();
    if (!body.complete && (forwarding.blocked || host.hasToWait)) host.link.pause();
    this.#await();
    if (body.complete) forwarding.requestDone();
  }

  /** What rules see of the body: what has come before it is passed on. */
  get body(): BodyView {
    const body = this.#body;
    if (body === undefined) return NO_BODY;
    if (this.#held === undefined) {
      const { maxHeadBytes } = this.context.global;
      const request = this.#request;
      this.#held = new FramedBody(maxHeadBytes - request.lines.length, bodyLength(request), maxHeadBytes);
      const begun = body.peek();
      if (begun !== undefined) this.#held.feed(begun);
    }
    return this.#held;
  }

  buffer(wait: BodyWait, done: () => void): void {
    const { deadlines } = this.host;
    const buffering = new Buffering(wait, deadlines.in(wait.time), done);
    if (!buffering.satisfied(this.body)) this.#continue();
    this.#buffering = buffering;
    this.#buffer(buffering);
  }

  /** Reads on, or goes on with the rules. */
  #buffer(buffering: Buffering): void {
    const { host } = this;
    if (!buffering.satisfied(this.body)) {
      if (this.#held !== undefined && this.#held.chunks >= MANY_CHUNKS) {
        host.link.pause();
        host.turn.pass();
      }
      return this.resumeClient();
    }
    this.#buffering = undefined;
    // The rest waits in the kernel until a server reads it.
    host.link.pause();
    this.#await();
    buffering.finish();
  }

  hint(fields: readonly (readonly [name: string, value: string])[]): void {
    if (this.#request.version !== '1.1') return;
    const head = Buffer.from(hintHead(fields), 'latin1');
    this.host.link.write(head);
    this.#exchange.countSent(head.length);
  }

  /** Tells a client that waits for it to send its body, which no server does then. */
  #continue(): void {
    const request = this.#request;
    if (this.continued || request.version !== '1.1' || !awaitsContinue(request)) return;
    this.continued = true;
    this.host.link.write(CONTINUE);
    this.#exchange.countSent(CONTINUE.length);
    this.facts.edit().remove('expect');
  }

  takeBody(): Buffer | undefined | typeof INVALID {
    const body = this.#body;
    if (body === undefined) return undefined;
    const piece = body.take();
    this.#noteBody(body);
    return piece;
  }

  /** Counts what went through; what came behind the body is the next request, and waits. */
  #noteBody(body: RequestBody): void {
    if (body.wrong !== undefined) {
      const passed = this.#request.lines.length + body.bytes;
      keepInvalid(this.#exchange, { ...body.wrong, passed, reason: 'broken chunk in the request' });
      body.wrong = undefined;
    }
    this.#exchange.countReceived(body.bytes - this.#exchange.bytesFromClient);
    if (body.complete && !this.host.reader.isEmpty) this.host.link.pause();
  }

  resumeClient(): void {
    const { host } = this;
    const { link, reader } = host;
    if (host.closing || link.closed || host.hasToWait) return;
    if (link.paused) {
      if (this.#buffering === undefined && this.#body !== undefined && !this.#body.complete && !reader.isEmpty) {
        this.#onBody(this.#body, reader.take());
        if (!reader.isEmpty) return;
      }
      link.resume();
    }
    this.#await();
  }

  /**
   * `timeout client` runs while the next step is the client's: it takes what we wrote, or sends a body that its server
   * reads. While it waits for others nothing does, unless it has half-closed: then it gets its answer, but not indefinitely
   * (`timeout client-fin`), since most such clients are gone.
   */
  #await(): void {
    const { host } = this;
    const { client, clientFin } = this.context.config.timeouts;
    const read = this.#forwarding?.blocked === false || this.#collecting !== undefined || this.#buffering !== undefined;
    const sends = !this.requestComplete && read && !host.link.paused;
    if (sends || this.#mustTake()) host.deadline = host.deadlines.in(client);
    else host.deadline = host.halfClosed ? host.deadlines.in(clientFin || client) : 0;
    if (this.#buffering !== undefined) host.deadline = shorter(host.deadline, this.#buffering.deadline);
  }

  /** Nothing goes on before the client has taken what was written. */
  #mustTake(): boolean {
    return this.#flushing !== undefined || this.host.link.full;
  }

  // ---- what the exchange asks for --------------------------------------------------------------

  forward(server: ServerState, fresh: boolean): void {
    const backend = this.#exchange.backendConfig;
    if (backend === undefined) return;
    this.#forwarding = new Forwarding(this, this.#exchange, backend, this.#request, server, fresh);
    this.#forwarding.start();
  }

  collect(limit: number, done: (body: Buffer | undefined) => void): void {
    const { link, reader } = this.host;
    const request = this.#request;
    if (request.framing === 'chunked') return done(undefined);
    if (request.version === '1.1' && awaitsContinue(request) && reader.isEmpty) link.write(CONTINUE);
    this.#collect((this.#collecting = new Collecting(limit, done)));
  }

  #collect(collecting: Collecting): void {
    const piece = this.takeBody();
    if (piece === INVALID) return this.fail(failures.clientGarbled);
    if (piece !== undefined) collecting.add(piece);
    if (!this.requestComplete && !collecting.tooLarge) return this.resumeClient();
    this.#collecting = undefined;
    collecting.finish();
  }

  preferred(backend: BackendState): ServerState | undefined {
    return this.host.privateConnections.preferred(backend);
  }

  respond(answer: Answer): void {
    const { host } = this;
    const request = this.#request;
    this.#forwarding?.cancel();
    const unread = this.takeBody() === INVALID || !this.requestComplete;
    // What follows a refused CONNECT, or came with a refused upgrade, may have been meant for the tunnel.
    const ambiguous = request.mayTunnel && (request.method === 'CONNECT' || !host.reader.isEmpty);
    const close = answer.close || unread || this.mustClose || !request.keepAlive || ambiguous;
    const head = answerHead(answer, { version: request.version, close });
    const body = request.method === 'HEAD' ? undefined : bodyOf(answer);
    this.#exchange.countSent(head.length + (body?.length ?? 0));
    writeTogether(host.link, beginHead(head.length).text(head), body);
    this.#exchange.completed();
    host.next(close, unread);
  }

  abort(): void {
    const byReset = this.#flushing !== undefined || this.#forwarding?.endsByClose === true;
    this.#forwarding?.cancel();
    this.host.abort(byReset);
  }

  // ---- what an attempt brings ------------------------------------------------------------------

  write(head: HeadWriter | undefined, body: Buffer | undefined): boolean {
    const accepted = writeTogether(this.host.link, head, body);
    if (!accepted || this.host.halfClosed) this.#await();
    return accepted;
  }

  answerDone(close: boolean): boolean {
    const { link } = this.host;
    this.#forwarding = undefined;
    if (link.waiting === 0) {
      this.#answered(close);
      return true;
    }
    this.#exchange.releaseServer();
    this.#flushing = { close };
    this.#await();
    if (!link.full) link.whenTaken(() => this.clientDrained());
    return false;
  }

  tunnel(connection: ServerConnection, rest: Buffer | undefined): void {
    const { host } = this;
    const backend = this.#exchange.backendConfig;
    if (backend === undefined) return connection.destroy();
    this.#forwarding = undefined;
    this.#exchange.tunnelled();
    const tunnel = new Tunnel(host, connection, this.#exchange, backend, this.#request.upgrade);
    this.#tunnel = tunnel.join(host.tunnels);
    host.link.bulk = true;
    if (rest !== undefined) tunnel.serverData(rest);
    if (!host.reader.isEmpty) tunnel.clientData(host.reader.take());
    if (host.halfClosed) tunnel.clientEnded();
    else host.link.resume();
  }

  #answered(close: boolean): void {
    this.#flushing = undefined;
    this.#exchange.completed();
    this.host.next(close, false);
  }
}
