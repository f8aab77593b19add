import { performance } from 'node:perf_hooks';
import type { BackendState, ServerState } from '../model/backend.ts';
import type { Backend } from '../model/snapshot.ts';
import type { ConnectionFacts, RequestFacts } from '../model/facts.ts';
import type { AccessRecord } from '../model/record.ts';
import type { Entrance, Evaluation, Variables, World } from '../model/evaluation.ts';
import type { FrontendContext } from './context.ts';
import { variablesOf } from './variables.ts';

/** What is known of an exchange so far. It is the record its log line is made of, so nothing is copied to log it. */
export abstract class ExchangeRecord implements AccessRecord, Evaluation {
  readonly facts: RequestFacts;
  readonly context: FrontendContext;
  /** The chosen backend, from the moment rules chose it. */
  backend: BackendState | undefined = undefined;
  /** Its settings of that moment: a reload changes them for the next request. */
  backendConfig: Backend | undefined = undefined;
  /** The server whose slot this exchange holds, or held last. */
  server: ServerState | undefined = undefined;
  /** Set by the engine: the status sent to the client. */
  status = -1;
  bytesToClient = 0;
  bytesFromClient = 0;
  serverQueue = 0;
  backendQueue = 0;
  requestTime: number;
  queueTime = -1;
  connectTime = -1;
  responseTime = -1;
  activeTime = -1;
  retries = 0;
  redispatched = false;
  termination = '----';
  beconn = 0;
  srvconn = 0;

  protected readonly started: number;
  #variables: Variables | undefined = undefined;

  /** Monotonic times (performance.now): `started` of the first byte of the request, `complete` of the end of its head. */
  constructor(context: FrontendContext, facts: RequestFacts, started: number, complete: number) {
    this.context = context;
    this.facts = facts;
    this.started = started;
    this.requestTime = Math.floor(complete - started);
  }

  get acceptedAt(): number {
    return Date.now() - Math.floor(performance.now() - this.started);
  }

  get connection(): ConnectionFacts {
    return this.facts.connection;
  }

  /** The exchange is the record of itself: nothing is copied to log it. */
  get record(): AccessRecord {
    return this;
  }

  get request(): RequestFacts {
    return this.facts;
  }

  /** Made when a rule first asks: most have none. */
  get variables(): Variables {
    return (this.#variables ??= variablesOf(this));
  }

  get world(): World {
    return this.context.world;
  }

  get entrance(): Entrance {
    const { name, defaultBackend, timeouts } = this.context.config;
    return { frontend: name, defaultBackend, clientTimeout: timeouts.client };
  }

  get frontendName(): string {
    return this.context.config.name;
  }

  get backendName(): string {
    return this.backendConfig?.name ?? this.context.config.name;
  }

  get serverName(): string {
    return this.server?.config.name ?? '<NOSRV>';
  }

  get requestLine(): string {
    return `${this.facts.method} ${this.facts.target} HTTP/${this.facts.version}`;
  }

  get host(): string {
    return this.facts.header('host')[0] ?? '';
  }

  get actconn(): number {
    return this.context.counts.process.value;
  }

  get feconn(): number {
    return this.context.counts.frontend.value;
  }
}
