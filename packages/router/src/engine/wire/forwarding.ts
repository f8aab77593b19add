import type { LinkError } from '@headgate/shared/net/link';
import type { Verdict } from '../../exchange/carrier.ts';
import type { Exchange } from '../../exchange/exchange.ts';
import { INVALID } from '../../http/body.ts';
import type { HeadEdits } from '../../http/head-edits.ts';
import { NO_BODY } from '../../http/held-body.ts';
import { roomForHead, type HeadWriter } from '../../http/head-writer.ts';
import { idempotent } from '../../http/methods.ts';
import { awaitsContinue, type RequestHead } from '../../http/request-head.ts';
import type { ResponseHead } from '../../http/response-head.ts';
import { writeInterimHead, writeResponseHead, writeSwitchingHead } from '../../http/response-writer.ts';
import { switchingProblem } from '../../http/switching.ts';
import type { ServerState } from '../../model/backend.ts';
import { connectFailure, failures, type Failure } from '../../model/failure.ts';
import type { Backend } from '../../model/snapshot.ts';
import type { BodySource, BodyView } from '../../model/facts.ts';
import { Buffering } from '../buffering.ts';
import { compressorFor, type CompressedUser, type Compressor } from '../compressor.ts';
import { nameFor } from '../../connect/dial.ts';
import { reasonOf } from '../../connect/reason.ts';
import { ownership, type Ownership } from '../reuse.ts';
import { keepInvalidResponse, wholeHead, type Wrong } from '../keep-invalid.ts';
import { tellReason } from '../tell-reason.ts';
import { answerBodyOf, type AnswerBody } from './answer-body.ts';
import type { ForwardingClient } from './forwarding-client.ts';
import { HeldAnswer } from './held-answer.ts';
import { keepConnection, keptConnection } from './kept-connection.ts';
import { requestOut, routeOf } from './request-out.ts';
import type { ServerConnection, ServerUser } from './server-connection.ts';
import { beginHead } from './write.ts';

const NOTHING = Buffer.alloc(0);
const CRLF = Buffer.from('\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/** `compressing`: all of the answer is here, and not all of it is written. */
type Phase = 'connecting' | 'head' | 'held' | 'body' | 'compressing' | 'answered' | 'over';

/**
 * One attempt to carry one request to one server and its answer back. Created per attempt, so that a report of an
 * attempt that was given up can never reach the next one. It is long because it is one state machine, and what each
 * report means depends on the phase.
 */
export class Forwarding implements ServerUser, BodySource, CompressedUser {
  readonly #client: ForwardingClient;
  readonly #exchange: Exchange;
  readonly #request: RequestHead;
  readonly #backend: Backend;
  readonly #connection: ServerConnection;
  readonly #reused: boolean;
  readonly #ownership: Ownership;
  #phase: Phase = 'connecting';
  #replayable = false;
  #sawBytes = false;
  #answer: ResponseHead | undefined = undefined;
  /** What came with its head; lent. */
  #rest: Buffer | undefined = undefined;
  /** The same while rules look at it. */
  #held: HeldAnswer | undefined = undefined;
  #body: AnswerBody | undefined = undefined;
  #dechunk = false;
  #compressor: Compressor | undefined = undefined;
  /** Something came after the end of a body that is being compressed. */
  #surplus = false;
  #clientClose = false;
  /** A 100 was passed on: the client may send its body. */
  #continued = false;
  /** The client waits for a 100 that will not come, and the answer leaves open whether its body will. */
  #bodyOpen = false;
  /** The answer was complete before its request: what the server makes of the rest is not known. */
  #early = false;

  constructor(
    client: ForwardingClient,
    exchange: Exchange,
    backend: Backend,
    request: RequestHead,
    server: ServerState,
    fresh: boolean,
  ) {
    this.#client = client;
    this.#exchange = exchange;
    this.#request = request;
    this.#backend = backend;
    this.#ownership = ownership(client.context.config.connectionMode, backend, server);
    const name = nameFor(server.config, exchange);
    const kept = fresh ? undefined : keptConnection(client, backend, server, this.#ownership, name);
    this.#reused = kept !== undefined;
    this.#connection =
      kept ?? client.host.pool.open(server, backend.timeouts.connect, routeOf(client, exchange, server, name));
    this.#connection.user = this;
  }

  /** Sends at once on a connection that is there. Apart from the constructor, because it may report a failure. */
  start(): void {
    if (this.#reused && !this.#connection.resting) this.serverReady();
  }

  /** The server is told that its connection ends after this request. */
  get #announcesEnd(): boolean {
    return this.#ownership === 'single' && !this.#backend.pretendKeepAlive;
  }

  /** More body bytes of the client. */
  sendBody(chunk: Buffer): void {
    if (this.#phase === 'answered' && this.#connection.link.closed) return;
    // When the server is slower than this, the carrier sees it in `blocked` and the client is not read.
    this.#connection.link.write(chunk);
    this.#await();
  }

  /** The client's request is complete. An answer that was already given ends the exchange now. */
  requestDone(): void {
    if (this.#phase === 'answered') this.#finish();
  }

  /** True while no server reads the client's upload, or one that is slower; also behind an attempt, when the next is awaited. */
  get blocked(): boolean {
    return this.#phase === 'connecting' || this.#phase === 'over' || this.#connection.link.full;
  }

  /** Something of the upload is still in memory here. */
  get holdsUpload(): boolean {
    return this.#connection.unsent;
  }

  /** The answer is on its way to the client. */
  get answering(): boolean {
    return this.#phase === 'body' || this.#phase === 'compressing' || this.#phase === 'answered';
  }

  /** The answer's end is the connection's end: a cut must not look like it. */
  get endsByClose(): boolean {
    const untaken = this.#phase === 'answered' && this.#client.host.link.waiting > 0;
    return (this.#phase === 'body' || untaken) && (this.#answer?.framing === 'close' || this.#dechunk);
  }

  /** The client took what was waiting for it. */
  clientDrained(): void {
    this.#compressor?.resume();
    this.#readOn();
  }

  /** Reads more of the server, unless its turn, the client or the compressor has to come first: each of them calls this when it has. */
  #readOn(): void {
    const { link, turn } = this.#connection;
    const waits = turn.waiting || this.#client.host.link.full || this.#compressor?.full === true;
    if (waits || this.#phase === 'over') return;
    link.resume();
    this.#await();
  }

  /** Gives the attempt up: the server connection ends and reports nothing more. */
  cancel(): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    this.#compressor?.destroy();
    this.#connection.user = undefined;
    this.#connection.destroy();
  }

  // ---- reports of the server connection --------------------------------------------------------

  serverReady(): void {
    this.#phase = 'head';
    const client = this.#client;
    const connection = this.#connection;
    const body = this.#request.mayTunnel ? undefined : client.takeBody();
    if (body === INVALID) return this.#fail(failures.clientGarbled, false);
    this.#exchange.connected(this.#reused, connection.link.secure);
    connection.uses += 1;
    connection.loggedIn ||= this.#request.logsIn || client.facts.edits?.logsIn === true;
    this.#await();
    this.#replayable = client.requestComplete;
    const head = requestOut(client, connection, this.#backend, this.#request, this.#announcesEnd);
    const accepted = connection.write(head, body);
    if (accepted && !client.requestComplete) client.resumeClient();
  }

  serverData(chunk: Buffer): boolean {
    this.#sawBytes = true;
    try {
      if (this.#phase === 'body') this.#relay(chunk);
      else if (this.#phase === 'head') this.#readHead(chunk);
      else if (this.#phase === 'held' && this.#held !== undefined) this.#hold(this.#held, chunk);
      // Bytes behind a complete answer belong to no request: the connection is not to be trusted.
      else this.#connection.destroy();
    } catch (error) {
      this.#client.host.broken(error);
    }
    return this.#client.host.link.waiting > 0;
  }

  serverEnded(): void {
    if (this.#phase === 'head') return this.#diedBeforeAnswer();
    if (this.#phase === 'held') return this.#endedHeld();
    if (this.#phase === 'body') {
      if (this.#answer?.framing !== 'close') return this.#fail(failures.serverCut, false);
      this.#connection.destroy();
      return this.#complete();
    }
    if (this.#phase === 'answered' || this.#phase === 'compressing') this.#connection.destroy();
  }

  /** The server closed while the head of its response was held. */
  #endedHeld(): void {
    const held = this.#held;
    if (held?.ended() !== true) return this.#fail(failures.serverCut, false);
    this.#proceed(held);
    this.serverEnded();
  }

  serverClosed(error: LinkError | undefined): void {
    switch (this.#phase) {
      case 'connecting':
        // It was resting, and ended before anything of this request was sent.
        if (this.#reused) {
          this.#phase = 'over';
          return this.#exchange.staleConnection(true, true);
        }
        return this.#fail(connectFailure(error?.code), true, reasonOf(error));
      case 'head':
        return this.#diedBeforeAnswer();
      case 'held':
      case 'body':
        return this.#fail(failures.serverCut, false);
      case 'answered':
        return this.#client.resumeClient();
      case 'compressing':
      case 'over':
    }
  }

  serverDrained(): void {
    if (!this.#client.requestComplete) this.#client.resumeClient();
  }

  serverTurn(): void {
    try {
      if (this.#phase === 'head') this.#readHead(NOTHING);
    } catch (error) {
      return this.#client.host.broken(error);
    }
    this.#readOn();
  }

  serverTimedOut(): void {
    if (this.#phase === 'connecting')
      return this.#fail(failures.connectTimeout, true, 'no answer within timeout connect');
    if (this.#phase === 'head') return this.#fail(failures.serverTimeout, this.#replayable);
    if (this.#phase === 'held') return this.#fail(failures.serverBodySlow, false);
    if (this.#phase === 'body') return this.#fail(failures.serverStalled, false);
    if (this.#phase === 'answered') this.#connection.destroy();
  }

  // ---- the answer ------------------------------------------------------------------------------

  #readHead(chunk: Buffer): void {
    const { answers, turn, link } = this.#connection;
    for (
      let bytes: Buffer | undefined = chunk;
      bytes !== undefined && this.#phase === 'head';
      bytes = answers.takeRest()
    ) {
      // Interim answers need not end, and a read can hold thousands of them.
      if (bytes !== chunk && !turn.spend()) {
        answers.hold(bytes);
        return link.pause();
      }
      const head = answers.read(bytes, this.#request.method, this.#client.context.global);
      if (head === undefined) return;
      if ('refused' in head) return this.#invalid(head, failures.serverInvalid, this.#replayable);
      if (head.status >= 200 || head.status === 101) return this.#finalHead(head, answers.takeRest());
      this.#continued ||= head.status === 100;
      // A client that does not take them stops the server here too: interim answers need not end.
      if (this.#request.version === '1.1') {
        const interim = beginHead(roomForHead(head.lines, undefined));
        writeInterimHead(interim, head, undefined);
        if (!this.#client.write(interim, undefined)) link.pause();
      }
      this.#await();
    }
  }

  #finalHead(head: ResponseHead, rest: Buffer | undefined): void {
    const { method, upgrade } = this.#request;
    if (head.status === 101) {
      const problem = switchingProblem(head, upgrade);
      if (problem !== undefined) return this.#invalid(wholeHead(head.lines, problem), failures.serverInvalid, false);
      return this.#switch(head, writeSwitchingHead, rest);
    }
    // Like an interim answer it can have no framing (RFC 9110 §9.3.6).
    if (method === 'CONNECT' && head.status < 300) return this.#switch(head, writeInterimHead, rest);
    this.#answer = head;
    this.#rest = rest;
    this.#judged(head, this.#exchange.answered(head, this.#replayable, this));
  }

  /** What rules see of the body of the response: what has come of it. */
  get body(): BodyView {
    return this.#answer === undefined ? NO_BODY : this.#heldAnswer(this.#answer).body;
  }

  /** Made when a rule looks at it. */
  #heldAnswer(head: ResponseHead): HeldAnswer {
    return (this.#held ??= new HeldAnswer(head, this.#rest, this.#client.context.global.maxHeadBytes));
  }

  /** What the rules made of the head: it is sent on, dropped, or held until as much of its body is here as they want. */
  #judged(head: ResponseHead, verdict: Verdict): void {
    if (verdict === 'pass') return this.#deliver(head, this.#held?.rest ?? this.#rest);
    const { bodyWait } = this.#exchange;
    if (verdict !== 'wait' || bodyWait === undefined) return this.cancel();
    this.#exchange.bodyWait = undefined;
    this.#phase = 'held';
    const deadline = this.#client.host.deadlines.in(bodyWait.time);
    const goOn = (): void => this.#judged(head, this.#exchange.judged());
    this.#heldAnswer(head).wait(new Buffering(bodyWait, deadline, goOn));
    this.#connection.deadline = deadline;
    this.#connection.link.resume();
  }

  /** More of a response whose head is held. */
  #hold(held: HeldAnswer, chunk: Buffer): void {
    if (held.add(chunk)) return this.#proceed(held);
    if (!held.laborious) return;
    this.#connection.turn.pass();
    this.#connection.link.pause();
  }

  #proceed(held: HeldAnswer): void {
    this.#connection.deadline = 0;
    held.proceed();
  }

  #deliver(head: ResponseHead, rest: Buffer | undefined): void {
    const { method } = this.#request;
    const compressor = this.#exchange.compression === undefined ? undefined : compressorFor(this.#exchange, head, this);
    this.#compressor = compressor;
    const edits = this.#exchange.answerEdits;
    this.#connection.loggedIn ||= head.asksForLogin;
    const client = this.#client;
    this.#dechunk = head.framing === 'chunked' && this.#request.version === '1.0';
    this.#bodyOpen =
      !client.requestComplete &&
      !this.#continued &&
      !client.continued &&
      this.#exchange.bytesFromClient === 0 &&
      awaitsContinue(this.#request);
    this.#clientClose =
      client.mustClose || !this.#request.keepAlive || head.framing === 'close' || this.#dechunk || this.#bodyOpen;
    // What comes behind a refused CONNECT may have been meant for the tunnel.
    this.#clientClose ||= method === 'CONNECT';
    const whole = compressor === undefined && head.framing === 'length' && rest?.length === head.contentLength;
    const content = this.#dechunk || compressor !== undefined;
    this.#body = whole ? undefined : answerBodyOf(head, content, client.context.global.maxHeadBytes);
    this.#phase = 'body';
    const sent = beginHead(roomForHead(head.lines, edits));
    writeResponseHead(sent, head, edits, { version: this.#request.version, close: this.#clientClose });
    if (this.#body === undefined) {
      this.#write(sent, whole ? rest : undefined);
      return this.#complete(rest !== undefined && !whole);
    }
    if (rest === undefined) return this.#write(sent, undefined);
    if (compressor === undefined) return this.#relay(rest, sent);
    this.#write(sent, undefined);
    this.#relay(rest);
  }

  /** Passes body bytes on; `head` goes in front of them in the same write. */
  #relay(chunk: Buffer, head?: HeadWriter): void {
    const body = this.#body;
    if (body === undefined) return;
    this.#await();
    const piece = body.track(chunk);
    if (piece === INVALID) return this.#garbled(head, chunk, body.wrongAt);
    if (this.#compressor !== undefined) return this.#compress(this.#compressor, body, piece);
    this.#write(head, piece);
    if (body.complete) return this.#complete(body.surplus);
    if (!body.laborious) return;
    this.#connection.turn.pass();
    this.#connection.link.pause();
  }

  #compress(compressor: Compressor, body: AnswerBody, piece: Buffer): void {
    const { link, turn } = this.#connection;
    this.#exchange.bodyReader?.(piece);
    const accepted = compressor.write(piece);
    if (body.complete) {
      this.#phase = 'compressing';
      this.#surplus = body.surplus;
      this.#connection.deadline = 0;
      return compressor.end();
    }
    if (!accepted || body.laborious) link.pause();
    if (body.laborious) turn.pass();
    this.#await();
  }

  compressed(bytes: Buffer): boolean {
    const chunk = Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, CRLF]);
    this.#exchange.countSent(chunk.length);
    return this.#client.write(undefined, chunk);
  }

  compressorDrained(): void {
    if (this.#phase === 'body') this.#readOn();
  }

  compressionEnded(): void {
    this.#compressor = undefined;
    this.#exchange.countSent(LAST_CHUNK.length);
    this.#client.write(undefined, LAST_CHUNK);
    this.#complete(this.#surplus);
  }

  compressionFailed(): void {
    this.#fail(failures.internal, false);
  }

  #garbled(head: HeadWriter | undefined, bytes: Buffer, at: number): void {
    // Nothing was sent if the head was still held back, but the exchange already counts as answered.
    if (head !== undefined) this.#exchange.unanswered();
    const failure = head === undefined ? failures.serverGarbled : failures.serverInvalid;
    const passed = head === undefined ? this.#exchange.bytesToClient : head.length;
    this.#invalid({ bytes, at, passed, reason: 'broken chunk in the answer' }, failure, false);
  }

  #write(head: HeadWriter | undefined, body: Buffer | undefined): void {
    this.#exchange.countSent((head?.length ?? 0) + (body?.length ?? 0));
    if (body !== undefined) this.#exchange.bodyReader?.(body);
    if (this.#client.write(head, body)) return;
    // The client is the slower one: its own timeout counts now, not the server's.
    this.#connection.link.pause();
    this.#await();
  }

  /** `timeout server` runs while the server may speak, or has to read; behind its answer only while an upload waits for it. */
  #await(): void {
    if (this.#phase === 'held' || this.#phase === 'compressing') return;
    const { link } = this.#connection;
    const speaks = this.#phase !== 'answered' && !link.paused;
    this.#connection.deadline = speaks || link.full ? this.#client.host.deadlines.in(this.#backend.timeouts.server) : 0;
  }

  /** The answer is complete; the server connection may serve again once the request is complete too. */
  #complete(surplus = false): void {
    this.#phase = 'answered';
    if (surplus || this.#bodyOpen) this.#connection.destroy();
    if (this.#client.requestComplete || this.#bodyOpen) return this.#finish();
    this.#early = true;
    // Its end is the connection's end, and may be what the client waits for.
    if (this.#answer?.framing === 'close' || this.#dechunk) {
      const { link } = this.#client.host;
      link.whenTaken(() => link.end());
    }
    this.#await();
  }

  #finish(): void {
    this.#phase = 'over';
    const connection = this.#connection;
    connection.user = undefined;
    connection.deadline = 0;
    // After a refused upgrade the two sides may differ on what follows.
    const keep =
      this.#ownership !== 'single' &&
      this.#answer?.keepAlive === true &&
      connection.alive &&
      !this.#early &&
      !this.#request.mayTunnel;
    if (keep)
      keepConnection(this.#client, connection, this.#ownership, this.#answer?.idleTimeout ?? 0, this.#clientClose);
    else connection.destroy();
    if (this.#client.answerDone(this.#clientClose)) connection.answers.give();
    else connection.answers.leave();
  }

  #switch(
    head: ResponseHead,
    write: (writer: HeadWriter, head: ResponseHead, edits: HeadEdits | undefined) => void,
    rest: Buffer | undefined,
  ): void {
    if (this.#exchange.answered(head, false, this) !== 'pass') return this.cancel();
    const edits = this.#exchange.answerEdits;
    this.#phase = 'over';
    const sent = beginHead(roomForHead(head.lines, edits));
    write(sent, head, edits);
    this.#write(sent, undefined);
    this.#client.tunnel(this.#connection, rest);
  }

  // ---- the ways it fails -----------------------------------------------------------------------

  #diedBeforeAnswer(): void {
    const stale = this.#reused && !this.#sawBytes;
    this.cancel();
    if (stale)
      this.#exchange.staleConnection(this.#replayable && idempotent.has(this.#client.facts.method), this.#replayable);
    // A head that was cut off is an empty response too, as in HAProxy: the client has seen nothing of it.
    else this.#exchange.failed(failures.serverClosed, this.#replayable);
  }

  #invalid(wrong: Wrong, failure: Failure, replayable: boolean): void {
    keepInvalidResponse(this.#exchange, this.#connection.server, wrong);
    this.#fail(failure, replayable, wrong.reason);
  }

  #fail(failure: Failure, replayable: boolean, reason?: string): void {
    if (this.#phase === 'over') return;
    // An abort must still know how the answer would have ended: tell the exchange before the attempt is over.
    this.#connection.user = undefined;
    this.#connection.destroy();
    if (reason !== undefined)
      tellReason(this.#client.context, this.#connection.server, this.#phase === 'connecting', reason);
    this.#compressor?.destroy();
    this.#exchange.failed(failure, replayable);
    this.#phase = 'over';
  }
}
