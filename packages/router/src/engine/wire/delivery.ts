import type { Verdict } from '../../exchange/carrier.ts';
import { INVALID } from '../../http/body.ts';
import { roomForHead, type HeadWriter } from '../../http/head-writer.ts';
import { awaitsContinue } from '../../http/request-head.ts';
import type { ResponseHead } from '../../http/response-head.ts';
import { writeResponseHead } from '../../http/response-writer.ts';
import type { BodySource, BodyView } from '../../model/facts.ts';
import { failures, type Failure } from '../../model/failure.ts';
import { Buffering } from '../buffering.ts';
import { keepInvalid } from '../keep-invalid.ts';
import { answerBodyOf, type AnswerBody } from './answer-body.ts';
import { awaitServer, explainFailure, letGo, type Attempt } from './attempt.ts';
import { CompressedBody, type CompressedDelivery } from './compressed-body.ts';
import { HeldAnswer } from './held-answer.ts';
import { keepConnection } from './kept-connection.ts';
import type { ServerUser } from './server-connection.ts';
import { beginHead } from './write.ts';

/** `held`: rules wait for the body. `compressing`: all of the response is here, and not all of it is written. `complete`: its request is not. */
export type DeliveryPhase = 'judging' | 'held' | 'body' | 'compressing' | 'complete' | 'over';

/**
 * The final response of one attempt, from its head to the last byte that the client is sent: judged by rules, then passed on as it comes.
 * It is long because it is one state machine, and what each report means depends on the phase.
 */
export class Delivery implements ServerUser, BodySource, CompressedDelivery {
  readonly #attempt: Attempt;
  readonly #head: ResponseHead;
  /** What came with the head, until that is judged; lent. */
  #rest: Buffer | undefined;
  /** The same while rules look at it. */
  #held: HeldAnswer | undefined = undefined;
  #phase: DeliveryPhase = 'judging';
  #body: AnswerBody | undefined = undefined;
  readonly #dechunk: boolean;
  #compressed: CompressedBody | undefined = undefined;
  #clientClose = false;
  /** The client waits for a 100 that will not come, and the response leaves open whether its body will. */
  #bodyOpen = false;
  /** The response was complete before its request: what the server makes of the rest is not known. */
  #early = false;

  constructor(attempt: Attempt, head: ResponseHead, rest: Buffer | undefined) {
    this.#attempt = attempt;
    this.#head = head;
    this.#rest = rest;
    this.#dechunk = head.framing === 'chunked' && attempt.request.version === '1.0';
  }

  /** Apart from the constructor, because it may report that the exchange goes on elsewhere. */
  begin(): void {
    const { connection, exchange, replayable } = this.#attempt;
    connection.user = this;
    this.#judged(exchange.answered(this.#head, replayable, this));
  }

  get phase(): DeliveryPhase {
    return this.#phase;
  }

  get endsByClose(): boolean {
    const untaken = this.#phase === 'complete' && this.#attempt.client.host.link.waiting > 0;
    return (this.#phase === 'body' || untaken) && (this.#head.framing === 'close' || this.#dechunk);
  }

  requestDone(): void {
    if (this.#phase === 'complete') this.#finish();
  }

  clientDrained(): void {
    this.#compressed?.resume();
    this.readOn();
  }

  /** Reads more of the server, unless its turn, the client or the compressor has to come first: each of them calls this when it has. */
  readOn(): void {
    const { client, connection } = this.#attempt;
    const waits = connection.turn.waiting || client.host.link.full || this.#compressed?.full === true;
    if (waits || this.#phase === 'over') return;
    connection.link.resume();
    this.await();
  }

  /** After the response the server has to read on only while an upload waits for it. Rules and compressors have times of their own. */
  await(): void {
    if (this.#phase !== 'held' && this.#phase !== 'compressing') awaitServer(this.#attempt, this.#phase !== 'complete');
  }

  cancel(): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    this.#compressed?.destroy();
    letGo(this.#attempt);
  }

  // ---- reports of the server connection --------------------------------------------------------

  serverReady(): void {}

  serverData(chunk: Buffer): boolean {
    const { client, connection } = this.#attempt;
    try {
      if (this.#phase === 'body') this.#relay(chunk);
      else if (this.#phase === 'held' && this.#held !== undefined) this.#hold(this.#held, chunk);
      // Bytes after a complete response belong to no request: the connection is not to be trusted.
      else connection.destroy();
    } catch (error) {
      client.host.broken(error);
    }
    return client.host.link.waiting > 0;
  }

  serverEnded(): void {
    if (this.#phase === 'held') return this.#endedHeld();
    if (this.#phase === 'body') {
      if (this.#head.framing !== 'close') return this.#fail(failures.serverCut);
      this.#attempt.connection.destroy();
      return this.complete();
    }
    if (this.#phase === 'complete' || this.#phase === 'compressing') this.#attempt.connection.destroy();
  }

  /** The server closed while the head of its response was held. */
  #endedHeld(): void {
    const held = this.#held;
    if (held?.ended() !== true) return this.#fail(failures.serverCut);
    this.#proceed(held);
    this.serverEnded();
  }

  serverClosed(): void {
    if (this.#phase === 'held' || this.#phase === 'body') this.#fail(failures.serverCut);
    else if (this.#phase === 'complete') this.#attempt.client.resumeClient();
  }

  serverDrained(): void {
    const { client } = this.#attempt;
    if (!client.requestComplete) client.resumeClient();
  }

  serverTurn(): void {
    this.readOn();
  }

  serverTimedOut(): void {
    if (this.#phase === 'held') this.#fail(failures.serverBodySlow);
    else if (this.#phase === 'body') this.#fail(failures.serverStalled);
    else if (this.#phase === 'complete') this.#attempt.connection.destroy();
  }

  // ---- rules on the response -------------------------------------------------------------------

  /** What rules see of the body of the response: what has come of it. */
  get body(): BodyView {
    return this.#heldAnswer().body;
  }

  /** Made when a rule looks at it. */
  #heldAnswer(): HeldAnswer {
    return (this.#held ??= new HeldAnswer(this.#head, this.#rest, this.#attempt.client.context.global.maxHeadBytes));
  }

  /** What the rules made of the head: it is sent on, dropped, or held until as much of its body is here as they want. */
  #judged(verdict: Verdict): void {
    if (verdict === 'pass') return this.#deliver(this.#held === undefined ? this.#rest : this.#held.rest);
    const { client, connection, exchange } = this.#attempt;
    const { bodyWait } = exchange;
    if (verdict !== 'wait' || bodyWait === undefined) return this.cancel();
    exchange.bodyWait = undefined;
    this.#phase = 'held';
    const deadline = client.host.deadlines.in(bodyWait.time);
    this.#heldAnswer().wait(new Buffering(bodyWait, deadline, () => this.#judged(exchange.judged())));
    connection.deadline = deadline;
    connection.link.resume();
  }

  /** More of a response whose head is held. */
  #hold(held: HeldAnswer, chunk: Buffer): void {
    if (held.add(chunk)) return this.#proceed(held);
    if (!held.laborious) return;
    const { turn, link } = this.#attempt.connection;
    turn.pass();
    link.pause();
  }

  #proceed(held: HeldAnswer): void {
    this.#attempt.connection.deadline = 0;
    held.proceed();
  }

  // ---- to the client ---------------------------------------------------------------------------

  #deliver(rest: Buffer | undefined): void {
    // A slow client would keep it all the time.
    this.#rest = undefined;
    const { client, connection, exchange, request, continued } = this.#attempt;
    const head = this.#head;
    const compressed = CompressedBody.begin(this.#attempt, head, this);
    this.#compressed = compressed;
    const edits = exchange.answerEdits;
    connection.loggedIn ||= head.asksForLogin;
    this.#bodyOpen =
      !client.requestComplete &&
      !continued &&
      !client.continued &&
      exchange.bytesFromClient === 0 &&
      awaitsContinue(request);
    const endsHere = head.framing === 'close' || this.#dechunk || this.#bodyOpen;
    // What comes after a refused CONNECT may have been meant for the tunnel.
    this.#clientClose = client.mustClose || !request.keepAlive || endsHere || request.method === 'CONNECT';
    const whole = compressed === undefined && head.framing === 'length' && rest?.length === head.contentLength;
    const content = this.#dechunk || compressed !== undefined;
    this.#body = whole ? undefined : answerBodyOf(head, content, client.context.global.maxHeadBytes);
    this.#phase = 'body';
    const sent = beginHead(roomForHead(head.lines, edits));
    writeResponseHead(sent, head, edits, { version: request.version, close: this.#clientClose });
    if (this.#body === undefined) {
      this.#write(sent, whole ? rest : undefined);
      return this.complete(rest !== undefined && !whole);
    }
    if (rest === undefined) return this.#write(sent, undefined);
    if (compressed === undefined) return this.#relay(rest, sent);
    this.#write(sent, undefined);
    this.#relay(rest);
  }

  /** Passes body bytes on; `head` goes in front of them in the same write. */
  #relay(chunk: Buffer, head?: HeadWriter): void {
    const body = this.#body;
    if (body === undefined) return;
    this.await();
    const piece = body.track(chunk);
    if (piece === INVALID) return this.#garbled(head, chunk, body.wrongAt);
    let accepted = true;
    if (this.#compressed !== undefined) accepted = this.#compressed.write(body, piece);
    else this.#write(head, piece);
    if (body.complete) return this.#compressed === undefined ? this.complete(body.surplus) : undefined;
    const { turn, link } = this.#attempt.connection;
    if (body.laborious) turn.pass();
    if (!body.laborious && accepted) return;
    link.pause();
    this.await();
  }

  #write(head: HeadWriter | undefined, body: Buffer | undefined): void {
    const { client, connection, exchange } = this.#attempt;
    exchange.countSent((head?.length ?? 0) + (body?.length ?? 0));
    if (body !== undefined) exchange.bodyReader?.(body);
    if (client.write(head, body)) return;
    // The client is the slower one: its own timeout counts now, not the server's.
    connection.link.pause();
    this.await();
  }

  #garbled(head: HeadWriter | undefined, bytes: Buffer, at: number): void {
    const { connection, exchange } = this.#attempt;
    const passed = head === undefined ? exchange.bytesToClient : head.length;
    const reason = 'broken chunk in the answer';
    // Nothing was sent if the head was still held back, but the exchange already counts as answered.
    if (head !== undefined) exchange.unanswered();
    keepInvalid(exchange, { bytes, at, passed, reason }, connection.server);
    this.#fail(head === undefined ? failures.serverGarbled : failures.serverInvalid, reason);
  }

  // ---- reports of a body that is compressed ----------------------------------------------------

  compressing(): void {
    this.#phase = 'compressing';
    this.#attempt.connection.deadline = 0;
  }

  compressorDrained(): void {
    if (this.#phase === 'body') this.readOn();
  }

  compressionFailed(): void {
    this.#fail(failures.internal);
  }

  // ---- its end ---------------------------------------------------------------------------------

  /** All of it is sent; the server connection may serve again once the request is complete too. */
  complete(surplus = false): void {
    const { client, connection } = this.#attempt;
    this.#phase = 'complete';
    if (surplus || this.#bodyOpen) connection.destroy();
    if (client.requestComplete || this.#bodyOpen) return this.#finish();
    this.#early = true;
    // Its end is the connection's end, and may be what the client waits for.
    if (this.#head.framing === 'close' || this.#dechunk) {
      const { link } = client.host;
      link.whenTaken(() => link.end());
    }
    this.await();
  }

  #finish(): void {
    const { client, connection, ownership, request } = this.#attempt;
    this.#phase = 'over';
    connection.user = undefined;
    connection.deadline = 0;
    // After a refused upgrade the two sides may differ on what follows.
    const reusable = this.#head.keepAlive && connection.alive && !this.#early && !request.mayTunnel;
    if (ownership !== 'single' && reusable)
      keepConnection(client, connection, ownership, this.#head.idleTimeout, this.#clientClose);
    else connection.destroy();
    if (client.answerDone(this.#clientClose)) connection.answers.give();
    else connection.answers.leave();
  }

  #fail(failure: Failure, reason?: string): void {
    if (this.#phase === 'over') return;
    // An abort must still know how the response would have ended: the exchange fails before the attempt is over.
    letGo(this.#attempt);
    explainFailure(this.#attempt, false, reason);
    this.#compressed?.destroy();
    this.#attempt.exchange.failed(failure, false);
    this.#phase = 'over';
  }
}
