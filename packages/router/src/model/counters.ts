/**
 * What is counted while the router runs: plain numbers on objects that live as long as the frontend, bind, backend or server they
 * belong to, so that counting is an addition and a reload keeps them. HAProxy's `show stat` and the exporter's metrics are made of
 * them when somebody asks (stats/). Times are monotonic milliseconds unless said otherwise.
 */

/** Events per second as HAProxy's `freq_ctr` counts them, and the most there were in one of its seconds. */
export interface RateOfEvents {
  most: number;
  add(now: number): void;
  read(now: number): number;
}

/** Responses by the first digit of their status: `[0]` others and none at all, `[1]` 1xx … `[5]` 5xx. */
export type ResponseClasses = [number, number, number, number, number, number];

/** What frontends, binds, backends and servers have in common. */
export interface TrafficCounters {
  /** Sessions so far (`stot`), and the most at one time (`smax`). */
  sessions: number;
  mostSessions: number;
  /** Bytes from clients and to clients, heads included. */
  bytesIn: number;
  bytesOut: number;
  /** Refused by a rule: `deny`, `reject`. */
  deniedRequests: number;
  deniedResponses: number;
  internalErrors: number;
  /** Rules that could not make the head they were to make. */
  failedRewrites: number;
}

/** A frontend, or one of its binds. */
export interface EntryCounters extends TrafficCounters {
  deniedConnections: number;
  /** Requests that no rule could see: malformed, too slow, given up by their clients. */
  failedRequests: number;
}

export type BindCounters = EntryCounters;

/** What compression did. */
export interface CompressionCounters {
  /** Bytes of bodies before and after it. */
  compressionIn: number;
  compressionOut: number;
  /** Bytes that an algorithm left as they are. */
  compressionPassed: number;
  /** Responses. */
  compressed: number;
}

export interface FrontendCounters extends EntryCounters, CompressionCounters {
  connections: number;
  /** Sessions whose PROXY header could not be read. */
  deniedSessions: number;
  requests: number;
  /** Requests that were answered without a backend: redirects, `return`, `monitor-uri`, statistics. */
  intercepted: number;
  readonly responses: ResponseClasses;
  readonly connectionRate: RateOfEvents;
  readonly sessionRate: RateOfEvents;
  readonly requestRate: RateOfEvents;
  /** Tunnels open now (WebSockets, CONNECT), and so far. */
  tunnels: number;
  tunnelsTotal: number;
  /** WebSockets that ended because they exceeded their limits. */
  tunnelsLimited: number;
}

/** Milliseconds of the last exchanges: `sum` is HAProxy's sliding sum over up to 512 of them. */
export interface TimeCounter {
  sum: number;
  most: number;
}

/** How long something took, in classes whose bounds are in stats/latency.ts. */
export interface LatencyCounter {
  readonly counts: number[];
  /** Milliseconds. */
  sum: number;
}

/** A backend, or one of its servers. */
export interface ServingCounters extends TrafficCounters, CompressionCounters {
  /** A backend's requests, and those that a server has answered; in mode tcp connections that were served. Averages are of so many. */
  requests: number;
  readonly responses: ResponseClasses;
  /** Requests that balancing sent here. */
  balanced: number;
  mostQueued: number;
  failedConnections: number;
  failedResponses: number;
  retries: number;
  redispatches: number;
  clientAborts: number;
  serverAborts: number;
  /** Connections opened, and requests that were sent on one that was there. */
  connects: number;
  reuses: number;
  readonly sessionRate: RateOfEvents;
  /** When the last session began; -1: none yet. */
  lastSession: number;
  readonly queueTime: TimeCounter;
  readonly connectTime: TimeCounter;
  readonly responseTime: TimeCounter;
  readonly totalTime: TimeCounter;
  /** From the complete request to the head of the server's answer; answers of ours are not in it. */
  readonly latency: LatencyCounter;
  tunnels: number;
  tunnelsTotal: number;
  /** WebSockets that ended because they exceeded their limits. */
  tunnelsLimited: number;
  /** Whether it can serve, since when its state is what it is, how often it went down, and how long it was down before `changed`. */
  running: boolean;
  changed: number;
  downs: number;
  downtime: number;
}

export type BackendCounters = ServingCounters;

export interface ServerCounters extends ServingCounters {
  failedChecks: number;
  /** Connections open now: all of them, and those that wait for a request. */
  open: number;
  idle: number;
}

/** The process. */
export interface ProcessCounters {
  connections: number;
  requests: number;
  bytesOut: number;
  readonly connectionRate: RateOfEvents;
  readonly sessionRate: RateOfEvents;
}
