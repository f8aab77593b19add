import { addToRate, even, inPeriod, readRate } from '../tables/rate.ts';
import type {
  BackendCounters,
  BindCounters,
  EntryCounters,
  FrontendCounters,
  ProcessCounters,
  RateOfEvents,
  ResponseClasses,
  ServerCounters,
  ServingCounters,
  TimeCounter,
  TrafficCounters,
} from '../model/counters.ts';
import { newLatency } from './latency.ts';

const SECOND = 1000;

/** HAProxy's `freq_ctr` over one second, whose numbers lie side by side. */
class PerSecond implements RateOfEvents {
  most = 0;
  #began: number;
  #count = 0;
  #before = 0;

  constructor(now: number) {
    this.#began = even(Math.floor(now));
  }

  add(now: number): void {
    const time = Math.floor(now);
    if (inPeriod(this.#began, time, SECOND)) this.#count += 1;
    else this.#turn(time);
    if (this.#count > this.most) this.most = this.#count;
  }

  /** The first event of another second. */
  #turn(now: number): void {
    const values = [this.#began, this.#count, this.#before];
    addToRate(values, 0, now, SECOND, 1);
    [this.#began = 0, this.#count = 0, this.#before = 0] = values;
  }

  read(now: number): number {
    return readRate([this.#began, this.#count, this.#before], 0, Math.floor(now), SECOND);
  }
}

/*
 * Classes, because V8 then keeps all the numbers of one in one piece of memory: a request counts in some fifteen of a backend and as many of
 * its server, and with a thousand of each none is in the processor's caches. Those that every request counts in come first in each.
 */

class Traffic implements TrafficCounters {
  sessions = 0;
  mostSessions = 0;
  bytesIn = 0;
  bytesOut = 0;
  deniedRequests = 0;
  deniedResponses = 0;
  internalErrors = 0;
  failedRewrites = 0;
}

class Entries extends Traffic implements EntryCounters {
  deniedConnections = 0;
  failedRequests = 0;
}

/** What a frontend and a backend have in common. */
class Proxied extends Traffic {
  requests = 0;
  readonly responses = noResponses();
  readonly sessionRate: RateOfEvents;
  tunnels = 0;
  tunnelsTotal = 0;
  tunnelsLimited = 0;
  compressionIn = 0;
  compressionOut = 0;
  compressionPassed = 0;
  compressed = 0;

  constructor(now: number) {
    super();
    this.sessionRate = new PerSecond(now);
  }
}

class Entrance extends Proxied implements FrontendCounters {
  connections = 0;
  readonly connectionRate: RateOfEvents;
  readonly requestRate: RateOfEvents;
  deniedConnections = 0;
  failedRequests = 0;
  deniedSessions = 0;
  intercepted = 0;

  constructor(now: number) {
    super(now);
    this.connectionRate = new PerSecond(now);
    this.requestRate = new PerSecond(now);
  }
}

class Serving extends Proxied implements BackendCounters {
  balanced = 0;
  reuses = 0;
  lastSession = -1;
  readonly queueTime = noTime();
  readonly connectTime = noTime();
  readonly responseTime = noTime();
  readonly totalTime = noTime();
  readonly latency = newLatency();
  connects = 0;
  mostQueued = 0;
  failedConnections = 0;
  failedResponses = 0;
  retries = 0;
  redispatches = 0;
  clientAborts = 0;
  serverAborts = 0;
  running = true;
  changed: number;
  downs = 0;
  downtime = 0;

  constructor(now: number) {
    super(now);
    this.changed = now;
  }
}

class ServerServing extends Serving implements ServerCounters {
  open = 0;
  idle = 0;
  failedChecks = 0;
}

function noResponses(): ResponseClasses {
  return [0, 0, 0, 0, 0, 0];
}

function noTime(): TimeCounter {
  return { sum: 0, most: 0 };
}

export function newBindCounters(): BindCounters {
  return new Entries();
}

export function newFrontendCounters(now: number): FrontendCounters {
  return new Entrance(now);
}

export function newBackendCounters(now: number): BackendCounters {
  return new Serving(now);
}

export function newServerCounters(now: number): ServerCounters {
  return new ServerServing(now);
}

export function newProcessCounters(now: number): ProcessCounters {
  return {
    connections: 0,
    requests: 0,
    bytesOut: 0,
    connectionRate: new PerSecond(now),
    sessionRate: new PerSecond(now),
  };
}

/** Its state has changed, or may have. */
export function noteState(counters: ServingCounters, running: boolean, now: number): void {
  if (!counters.running) counters.downtime += now - counters.changed;
  else if (!running) counters.downs += 1;
  counters.running = running;
  counters.changed = now;
}

/** Milliseconds of downtime altogether. */
export function downtime({ running, changed, downtime: before }: ServingCounters, now: number): number {
  return running ? before : before + now - changed;
}

/** Numbers of now, which no command may clear. */
const KEPT: ReadonlySet<string> = new Set(['tunnels', 'open', 'idle', 'changed', 'lastSession']);

/** `clear counters`: only the maxima; `clear counters all`: everything that was counted. */
export function clearCounters(counters: object, all: boolean): void {
  for (const [name, value] of Object.entries(counters)) {
    if (value instanceof PerSecond) value.most = 0;
    else if (Array.isArray(value)) {
      if (all) value.fill(0);
    } else if (typeof value === 'object' && value !== null) clearCounters(value, all);
    else if (typeof value === 'number' && !KEPT.has(name) && (all || name.startsWith('most')))
      Object.assign(counters, { [name]: 0 });
  }
}
