import type { Position } from '@headgate/shared/config/raw';
import { performance } from 'node:perf_hooks';
import type { CapturedValues } from '../model/captures.ts';
import type { BackendState, ServerState } from '../model/backend.ts';
import type { Backend } from '../model/snapshot.ts';
import type { ConnectionFacts, RequestFacts, ResponseFacts } from '../model/facts.ts';
import type { AccessRecord, LogLevel } from '../model/record.ts';
import type { BodyWait, Entrance, Evaluation, ServerEnds, Variables, World } from '../model/evaluation.ts';
import type { Affinity } from './affinity.ts';
import { captureRequest } from './capture.ts';
import type { FrontendContext } from './context.ts';
import { ExchangeLogins } from './logins.ts';
import { ExchangeLookups } from './lookups.ts';
import type { Placement } from './placement.ts';
import { Tracking } from '../tables/tracking.ts';
import type { RuntimeState } from '../model/state.ts';
import { stateOf } from './state.ts';
import type { Algorithm, Compression } from '../model/compression.ts';
import { noSteering, type Steering } from '../model/steering.ts';
import { notYet } from '../sample/not-yet.ts';
import { badRequest } from '../sample/words.ts';
import { handOver, variablesOf } from './variables.ts';

/** The stages of an exchange; the letter is the second one of a termination state. */
export type Stage = 'R' | 'Q' | 'C' | 'H' | 'D';

/** The data of an exchange so far, and the record for its log line: nothing is copied. Long because rules and lines may ask for all of it. */
export abstract class ExchangeRecord implements AccessRecord, Evaluation {
  readonly facts: RequestFacts;
  readonly context: FrontendContext;
  /** The chosen backend, from the moment rules chose it. */
  backend: BackendState | undefined = undefined;
  /** Its settings at that moment: a reload changes them for the next request. */
  backendConfig: Backend | undefined = undefined;
  /** Its place in that backend. */
  placement: Placement | undefined = undefined;
  /** What binds it to a server there; undefined where nothing can. */
  affinity: Affinity | undefined = undefined;
  /** Shown every piece of the server's response body before it is passed on. */
  bodyReader: ((chunk: Buffer) => void) | undefined = undefined;
  /** The head of the response, when a rule reads it. */
  response: ResponseFacts | undefined = undefined;
  /** What its response can be compressed with; undefined: nothing. */
  compression: { readonly algorithm: Algorithm; readonly settings: Compression } | undefined = undefined;
  /** What it is compressed by. */
  compressed: Algorithm | undefined = undefined;
  /** What rules decided of its way; undefined where none did. */
  steered: Steering | undefined = undefined;
  /** The body that rules have stopped for, until it is waited for. */
  bodyWait: BodyWait | undefined = undefined;
  firstRequest: boolean | undefined = undefined;
  readdressed = false; // by a rule that gave it other addresses than its connection has
  unread = false; // as in HAProxy what `tcp-request content` rules rejected: its log line has no request
  serverEnds: ServerEnds | undefined = undefined;
  serverRefusal: Evaluation['serverRefusal'] = undefined;
  readonly captures: CapturedValues | undefined;
  status = -1; // of the response being sent to the client
  logLevel: LogLevel | undefined = undefined;
  lastRule: Position | undefined = undefined;
  /** What stands for a server in log lines where there is none: HAProxy's name of the service that answered. */
  serviceName = '<NOSRV>';
  requestTime: number;
  queueTime = -1;
  connectTime = -1;
  responseTime = -1;
  activeTime = -1;
  termination = '----';
  beconn = 0;
  srvconn = 0;

  protected readonly started: number;
  #sent = 0;
  #uniqueId: string | undefined = undefined;
  #number: number | undefined = undefined;
  #received = 0;
  #variables: Variables | undefined = undefined;
  #logins: ExchangeLogins | undefined = undefined;
  #lookups: ExchangeLookups | undefined = undefined;
  #tracking: Tracking | undefined = undefined;

  /** Monotonic times (performance.now): `started` of the first byte of the request, `complete` of the end of its head. */
  constructor(context: FrontendContext, facts: RequestFacts, started: number, complete: number) {
    this.context = context;
    this.facts = facts;
    this.started = started;
    const { captures } = context.config;
    this.captures = captures === undefined ? undefined : captureRequest(captures, facts.fields);
    this.requestTime = Math.floor(complete - started);
  }

  /** Milliseconds since the first byte of the request. */
  get age(): number {
    return performance.now() - this.started;
  }

  /** The connection to the server. A line may be written when it is closed, and its addresses are forgotten. */
  noteServer(link: ServerEnds): void {
    this.serverRefusal = undefined;
    this.serverEnds = this.context.config.logsServerEnds
      ? { local: link.local, peer: link.peer, secure: link.secure }
      : link;
  }

  /** `option logasap`: figures of log lines are not final. */
  get early(): boolean {
    return this.context.config.logAsap;
  }

  /** Bytes of heads and bodies sent to the client. */
  get bytesToClient(): number {
    return this.#sent;
  }

  /** Bytes received from the client: request body and tunnel. */
  get bytesFromClient(): number {
    return this.#received;
  }

  /** Counted as they go, so that what shows traffic shows that of long downloads and tunnels. */
  countSent(bytes: number): void {
    this.#sent += bytes;
    const { context, backend, server, connection } = this;
    context.process.bytesOut += bytes;
    context.counters.bytesOut += bytes;
    if (backend !== undefined) backend.counters.bytesOut += bytes;
    if (server !== undefined) server.counters.bytesOut += bytes;
    if (connection.socket !== undefined) connection.socket.bytesOut += bytes;
  }

  countReceived(bytes: number): void {
    this.#received += bytes;
    const { context, backend, server, connection } = this;
    context.counters.bytesIn += bytes;
    if (backend !== undefined) backend.counters.bytesIn += bytes;
    if (server !== undefined) server.counters.bytesIn += bytes;
    if (connection.socket !== undefined) connection.socket.bytesIn += bytes;
  }

  get headBytes(): number {
    return this.facts.headBytes ?? 0;
  }

  /** The server whose slot this exchange holds, or held last. */
  get server(): ServerState | undefined {
    return this.placement?.server;
  }

  get retries(): number {
    return this.placement?.retries ?? 0;
  }

  get redispatched(): boolean {
    return this.placement?.redispatched ?? false;
  }

  get serverQueue(): number {
    return this.placement?.serverQueue ?? 0;
  }

  get backendQueue(): number {
    return this.placement?.backendQueue ?? 0;
  }

  get acceptedAt(): number {
    return Date.now() - Math.floor(performance.now() - this.started);
  }

  get connection(): ConnectionFacts {
    return this.facts.connection;
  }

  /** The exchange is its own log record: nothing is copied. */
  get record(): AccessRecord {
    return this;
  }

  get request(): RequestFacts {
    return this.facts;
  }

  /** Created on first use: most exchanges have none. */
  get variables(): Variables {
    return (this.#variables ??= variablesOf(this));
  }

  /** Made when a rule first asks, like variables. */
  get logins(): ExchangeLogins {
    return (this.#logins ??= new ExchangeLogins(this, this.context.passwords));
  }

  /** Made when a rule first asks, like variables. */
  get lookups(): ExchangeLookups | undefined {
    const { lookUp } = this.context;
    if (lookUp === undefined) return undefined;
    return (this.#lookups ??= new ExchangeLookups(lookUp));
  }

  /** Rules have stopped for a name that is being looked up. */
  get lookingUp(): boolean {
    return this.#lookups?.waiting === true;
  }

  /** Made when a rule first asks, like variables. */
  get tracking(): Tracking | undefined {
    const { tables } = this.context;
    if (tables === undefined) return undefined;
    if (this.#tracking !== undefined) return this.#tracking;
    const tracking = new Tracking(tables, this.connection.tracking, !this.context.config.tracks);
    // First asked for by a rule on the response.
    if (this.response !== undefined && this.connection.tracking === undefined) tracking.answered(this.response.status);
    return (this.#tracking = tracking);
  }

  /** Made when a rule first asks, like variables. */
  get steering(): Steering {
    return (this.steered ??= noSteering());
  }

  awaitBody(side: 'request' | 'response', wait: BodyWait): void {
    const body = (side === 'request' ? this.facts : this.response)?.body?.();
    if (body === undefined || body.enough(wait.atLeast)) return;
    this.bodyWait = wait;
    throw notYet;
  }

  readdress(change: Partial<ConnectionFacts>): void {
    this.readdressed = true;
    const was = this.connection;
    this.facts.connection = { ...was, ...change, before: was.before ?? was };
    handOver(was, this.facts.connection);
  }

  /** What the events of this exchange count for: nothing when neither it nor its connection is tracked. */
  get tally(): Tracking | undefined {
    return this.#tracking ?? this.connection.tracking;
  }

  /** Takes down what is known at the end. */
  protected finish(now: number): void {
    this.activeTime = Math.floor(now - this.started);
    this.beconn = this.backend?.current ?? 0;
    this.srvconn = this.server?.current ?? 0;
    this.affinity?.conclude(this);
  }

  /** Hands over what it is tracked by: it is not released with the exchange. */
  protected keepTracking(): Tracking | undefined {
    const tracking = this.#tracking;
    this.#tracking = undefined;
    return tracking;
  }

  /** After the log line, which may show what was counted. What the connection tracks is released when it closes. */
  protected untrack(): void {
    this.#tracking?.release();
  }

  /** `%rt`: which request of the process it is, by when that was asked. */
  get number(): number {
    return (this.#number ??= this.context.process.requests);
  }

  /** `unique-id-format`, rendered when it is first asked for. */
  get uniqueId(): string | undefined {
    return (this.#uniqueId ??= this.context.config.uniqueId?.(this));
  }

  /** What the router is doing, for rules that ask. */
  get state(): RuntimeState {
    return stateOf(this);
  }

  get world(): World {
    return this.context.world;
  }

  get entrance(): Entrance {
    const { name, number, defaultBackend, timeouts } = this.context.config;
    return { frontend: name, number, defaultBackend, clientTimeout: timeouts.client };
  }

  get frontendName(): string {
    return this.context.config.name;
  }

  get backendName(): string {
    return this.backendConfig?.name ?? this.context.config.name;
  }

  get serverName(): string {
    return (this.server ?? this.#named())?.config.name ?? this.serviceName;
  }

  /** HAProxy names the server a client is bound to even if the request never got there. */
  #named(): ServerState | undefined {
    return this.placement === undefined ? this.affinity?.named : this.placement.bound?.server;
  }

  get requestLine(): string {
    if (this.unread) return badRequest;
    const { method, target } = this.facts.received ?? this.facts;
    return `${method} ${target} HTTP/${this.facts.version}`;
  }

  get host(): string {
    return this.facts.header('host')[0] ?? '';
  }

  get userAgent(): string | undefined {
    return this.facts.header('user-agent')[0];
  }

  get actconn(): number {
    return this.context.counts.process.value;
  }

  get feconn(): number {
    return this.context.counts.frontend.value;
  }
}
