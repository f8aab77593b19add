import { RateCounter } from '../tables/rate.ts';
import type {
  BackendCounters,
  BindCounters,
  CompressionCounters,
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

/** HAProxy's `freq_ctr` over one second. */
class PerSecond implements RateOfEvents {
  most = 0;
  readonly #counter: RateCounter;

  constructor(now: number) {
    this.#counter = new RateCounter(now);
  }

  add(now: number): void {
    const count = this.#counter.add(now, SECOND);
    if (count > this.most) this.most = count;
  }

  read(now: number): number {
    return this.#counter.read(now, SECOND);
  }
}

function noTraffic(): TrafficCounters {
  return {
    sessions: 0,
    mostSessions: 0,
    bytesIn: 0,
    bytesOut: 0,
    deniedRequests: 0,
    deniedResponses: 0,
    internalErrors: 0,
    failedRewrites: 0,
  };
}

function noEntries(): EntryCounters {
  return { ...noTraffic(), deniedConnections: 0, failedRequests: 0 };
}

function noCompression(): CompressionCounters {
  return { compressionIn: 0, compressionOut: 0, compressionPassed: 0, compressed: 0 };
}

function noResponses(): ResponseClasses {
  return [0, 0, 0, 0, 0, 0];
}

export function newBindCounters(): BindCounters {
  return noEntries();
}

export function newFrontendCounters(now: number): FrontendCounters {
  return {
    ...noEntries(),
    ...noCompression(),
    connections: 0,
    deniedSessions: 0,
    requests: 0,
    intercepted: 0,
    responses: noResponses(),
    connectionRate: new PerSecond(now),
    sessionRate: new PerSecond(now),
    requestRate: new PerSecond(now),
    tunnels: 0,
    tunnelsTotal: 0,
    tunnelsLimited: 0,
  };
}

function noTime(): TimeCounter {
  return { sum: 0, most: 0 };
}

function noServing(now: number): ServingCounters {
  return {
    ...noTraffic(),
    ...noCompression(),
    requests: 0,
    responses: noResponses(),
    balanced: 0,
    mostQueued: 0,
    failedConnections: 0,
    failedResponses: 0,
    retries: 0,
    redispatches: 0,
    clientAborts: 0,
    serverAborts: 0,
    connects: 0,
    reuses: 0,
    sessionRate: new PerSecond(now),
    lastSession: -1,
    queueTime: noTime(),
    connectTime: noTime(),
    responseTime: noTime(),
    totalTime: noTime(),
    latency: newLatency(),
    tunnels: 0,
    tunnelsTotal: 0,
    tunnelsLimited: 0,
    running: true,
    changed: now,
    downs: 0,
    downtime: 0,
  };
}

export function newBackendCounters(now: number): BackendCounters {
  return noServing(now);
}

export function newServerCounters(now: number): ServerCounters {
  return { ...noServing(now), failedChecks: 0, open: 0, idle: 0 };
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
