import { performance } from 'node:perf_hooks';
import { Budget } from '@headgate/shared/net/budget';
import type { Link, LinkError, LinkUser } from '@headgate/shared/net/link';
import type { FrontendContext } from '../../exchange/context.ts';
import { PrivateConnections } from '../private-connections.ts';
import type { ConnectionFacts } from '../../model/facts.ts';
import { defectText, failures } from '../../model/failure.ts';
import { STEPS } from '../allowance.ts';
import { headTimeout, shorter, type Deadlines, type Timed } from '../deadlines.ts';
import { drainTimeout, type Draining } from '../drain.ts';
import { LINGER_BYTES, LINGER_TIME } from '../linger.ts';
import { cutShort, logLeft, refuseMalformed, refuseSlow, type Unserved } from '../refuse.ts';
import type { CarrierHost } from './carrier-host.ts';
import { RequestCarrier } from './carrier.ts';
import type { OpenSession } from '../open-session.ts';
import { Trickle } from '../trickle.ts';
import type { Tunnels } from '../tunnels.ts';
import type { Pool } from './pool.ts';
import { RequestReader } from './request-reader.ts';
import type { ServerConnection } from './server-connection.ts';

/** What an engine lends its client connections. */
export interface ConnectionHost {
  readonly context: FrontendContext;
  readonly pool: Pool;
  readonly deadlines: Deadlines;
  readonly tunnels: Tunnels;
  readonly draining: Draining;
  gone(connection: ClientConnection): void;
}

/** Gives its requests to carriers, one after the other. It is long because what a report of the link means depends on what it is doing. */
export class ClientConnection implements LinkUser, CarrierHost, Timed {
  readonly link: Link;
  readonly facts: ConnectionFacts;
  readonly pool: Pool;
  readonly deadlines: Deadlines;
  readonly tunnels: Tunnels;
  readonly privateConnections: PrivateConnections<ServerConnection>;
  readonly reader: RequestReader;
  /** What is more than this waits for a later turn, with the link paused. */
  readonly turn = new Budget(STEPS, () => this.#nextTurn());
  deadline = 0;
  served = false;
  closing = false;
  halfClosed = false;
  readonly #host: ConnectionHost;
  /** When the first byte of the request came, and when the last read did; until one has come, when the connection did. */
  #requestStarted = performance.now();
  #lastRead = this.#requestStarted;
  #carrier: RequestCarrier | undefined = undefined;
  #pumping = false;
  #lingered = 0;
  /** Made for the first head that comes in pieces: most clients send none. */
  #trickle: Trickle | undefined = undefined;

  constructor(host: ConnectionHost, link: Link, facts: ConnectionFacts) {
    this.#host = host;
    this.link = link;
    this.facts = facts;
    this.pool = host.pool;
    this.deadlines = host.deadlines;
    this.tunnels = host.tunnels;
    this.privateConnections = new PrivateConnections(host.pool, host.deadlines);
    this.reader = new RequestReader(host.context.global);
    link.user = this;
    this.deadline = this.deadlines.in(headTimeout(this.context.config.timeouts));
  }

  /** Starts reading; `head` came before the connection was handed over. */
  begin(head: Buffer): void {
    this.link.resume();
    if (head.length > 0) this.#take(head);
  }

  /** What its request began under; between two requests, what the next one will. */
  get context(): FrontendContext {
    return this.#carrier?.context ?? this.#host.context;
  }

  get session(): OpenSession | undefined {
    return this.#carrier;
  }

  get lastRequest(): boolean {
    return this.#host.draining !== 'no' || this.#readAll();
  }

  get hasToWait(): boolean {
    return this.turn.waiting || this.#trickle?.waiting === true;
  }

  /** The client has sent all it will, and nothing of it is unread. */
  #readAll(): boolean {
    return this.halfClosed && this.reader.isEmpty;
  }

  /** An idle connection ends soon; a busy one ends after its answer because the engine is draining. */
  drain(): void {
    if (this.#host.draining === 'late' || this.#carrier !== undefined || this.closing || !this.reader.isBlank) return;
    this.deadline = this.deadlines.in(drainTimeout(this.served, headTimeout(this.context.config.timeouts)));
  }

  /** Ends everything at once. */
  destroy(): void {
    this.#carrier?.kill(failures.killed);
    this.#cut();
  }

  broken(error: unknown): void {
    this.context.report('err', defectText(error));
    this.#carrier?.fail(failures.internal);
    this.#cut();
  }

  /** Ends the connection from here: it is not the client that left. */
  #cut(): void {
    this.closing = true;
    this.link.close();
  }

  // ---- reports of the link ---------------------------------------------------------------------

  opened(): void {}

  data(chunk: Buffer): boolean {
    try {
      this.#take(chunk);
      this.reader.keep();
    } catch (error) {
      this.broken(error);
    }
    return this.#carrier?.holdsUpload ?? false;
  }

  #take(chunk: Buffer): void {
    if (this.#carrier !== undefined) return this.#carrier.clientData(chunk);
    if (this.closing) return this.#drop(chunk);
    this.#lastRead = performance.now();
    if (this.reader.isEmpty) this.#requestStarted = this.#lastRead;
    this.reader.add(chunk);
    this.#pump();
  }

  /** What comes after the last answer. One read in a turn: 32 in a row, as the kernel has them, would be over before the client could see it. */
  #drop({ length }: Buffer): void {
    this.#lingered += length;
    if (this.#lingered > LINGER_BYTES) return this.link.close();
    this.link.pause();
    this.turn.pass();
  }

  ended(): void {
    this.halfClosed = true;
    if (this.#carrier !== undefined) return this.#carrier.clientEnded();
    // What is left to read is read first. It may have been ended already, after its last answer.
    if (this.hasToWait || this.closing) return;
    const page = this.#rests() ? undefined : cutShort(this.#unserved());
    this.#left();
    if (page !== undefined) this.link.write(page);
    this.link.end();
  }

  drained(): void {
    if (this.#carrier !== undefined) this.#carrier.clientDrained();
    else if (!this.closing) this.#rest();
  }

  closed(error: LinkError | undefined): void {
    this.#host.gone(this);
    this.turn.end();
    this.#trickle?.end();
    if (this.#carrier === undefined && !this.closing) this.#left();
    this.closing = true;
    this.reader.drop();
    this.privateConnections.close();
    this.#carrier?.clientClosed(error !== undefined);
  }

  /** Between two requests. */
  #rests(): boolean {
    return this.served && this.reader.isBlank;
  }

  /** The client left between two requests, or before the end of a head: logged unless that is how connections end (`dontlognull`: or begin). */
  #left(): void {
    if (!this.#rests()) logLeft(this.#unserved());
    this.reader.drop();
    this.closing = true;
  }

  expired(): void {
    if (this.closing) return this.link.close();
    if (this.#carrier !== undefined) return this.#carrier.clientTimedOut();
    // Answers it asked for and does not take: nothing more can be said.
    if (this.link.full) return this.#cut();
    if (this.reader.isBlank && (this.served || this.#host.draining !== 'no')) return this.#endAfterAnswer(false);
    this.#refuse(refuseSlow(this.#unserved()));
  }

  // ---- reading requests ------------------------------------------------------------------------

  /**
   * Reads one request after the other for as long as complete ones are there and each is answered at once. A client that does
   * not take its answers gets no more of them, and one that sends many has them answered a few in each turn of the event loop.
   */
  #pump(): void {
    if (this.#pumping || this.hasToWait) return;
    this.#pumping = true;
    for (let first = true; this.#carrier === undefined && !this.closing && !this.reader.isEmpty; first = false) {
      if (!first && !this.turn.spend()) {
        this.link.pause();
        break;
      }
      if (this.link.full) {
        this.link.pause();
        this.deadline = this.deadlines.in(this.context.config.timeouts.client);
        break;
      }
      const head = this.reader.next();
      if (head === undefined) {
        this.#awaitHead();
        break;
      }
      this.#trickle?.done();
      if ('refused' in head)
        this.#refuse(refuseMalformed(this.#unserved(), head.status, { ...head, bytes: this.reader.peek() }));
      else {
        const carrier = new RequestCarrier(this, this.#host.context, head, this.#requestStarted, this.#lastRead);
        (this.#carrier = carrier).start();
        // The FIN arrived during the request before: no other event reports that the rest of this body never will.
        if (this.halfClosed && this.#carrier === carrier) carrier.clientEnded();
      }
    }
    this.#pumping = false;
  }

  /** A head that has begun is due a fixed time after its first byte, however it trickles. */
  #awaitHead(): void {
    const timeout = headTimeout(this.context.config.timeouts);
    this.deadline = timeout === 0 ? 0 : this.#requestStarted + timeout;
    (this.#trickle ??= new Trickle(this.turn, () => this.#nextTurn())).wait();
    this.link.pause();
  }

  /** Goes on with what the turn before had no place for. */
  #nextTurn(): void {
    if (this.link.closed || this.closing) return this.link.resume();
    if (this.#carrier !== undefined) return this.#carrier.clientTurn();
    if (this.reader.waitsForMore) this.link.resume();
    else this.#rest();
    if (this.halfClosed && this.#waitsForRequest()) this.ended();
  }

  /** Nothing of what came is being worked on, or waits for its turn. */
  #waitsForRequest(): boolean {
    return this.#carrier === undefined && !this.closing && !this.hasToWait;
  }

  /** A request that no rule may see: answered in the parser's own words, logged, and the connection ends. */
  #refuse(page: Buffer): void {
    this.link.write(page);
    this.#endAfterAnswer(true);
  }

  #unserved(): Unserved {
    const { context, facts } = this;
    return { context, connection: facts, started: this.#requestStarted, silent: this.reader.isEmpty };
  }

  // ---- between requests ------------------------------------------------------------------------

  next(close: boolean, unread: boolean): void {
    this.#carrier = undefined;
    this.reader.give();
    this.served = true;
    if (close || this.#readAll()) return this.#endAfterAnswer(unread);
    this.#rest();
    // The answer began before the stop and did not say that it is the last.
    if (this.#host.draining !== 'no') this.drain();
  }

  abort(byReset: boolean): void {
    this.#carrier = undefined;
    this.closing = true;
    if (this.link.closed) return;
    if (byReset) return this.link.reset();
    this.deadline = this.deadlines.in(LINGER_TIME);
    this.link.closeSoon();
  }

  /** The next request may be here already. */
  #rest(): void {
    const { timeouts } = this.context.config;
    this.deadline = this.deadlines.in(shorter(timeouts.httpKeepAlive, timeouts.client) || headTimeout(timeouts));
    if (!this.reader.isEmpty) {
      this.#requestStarted = this.#lastRead = performance.now();
      this.#pump();
      // After a FIN, leftover bytes can never become a complete request.
      if (this.halfClosed && this.#waitsForRequest() && !this.#pumping && !this.link.full) return this.ended();
    }
    const waiting = (this.#carrier !== undefined && !this.reader.isEmpty) || this.link.full;
    if (!waiting && !this.hasToWait && !this.closing && this.link.paused) this.link.resume();
  }

  /**
   * Ends the connection after what was written, for which the client has its time. One that is still sending would
   * lose the answer to a reset, so its bytes are read and dropped for a short while more (RFC 9112 §9.6).
   */
  #endAfterAnswer(unread: boolean): void {
    this.closing = true;
    this.reader.drop();
    this.deadline = this.deadlines.in(this.context.config.timeouts.client);
    this.link.end(() => (this.deadline = this.deadlines.in(LINGER_TIME)));
    if (unread || this.link.paused) this.link.resume();
  }
}
