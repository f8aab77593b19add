import type { BackendState } from '../model/backend.ts';
import type { BindCounters, FrontendCounters, ProcessCounters } from '../model/counters.ts';
import type { Bind, Frontend } from '../model/snapshot.ts';

/** A bind of a frontend with `option socket-stats`. */
export interface BindView {
  readonly bind: Bind;
  /** `127.0.0.1:80`, with the port that the system chose where none is configured; a path for a unix socket; of a `bind … ssl` what the terminator accepts on. */
  readonly address: string;
  readonly counters: BindCounters;
  readonly current: number;
}

export interface FrontendView {
  readonly config: Frontend;
  readonly counters: FrontendCounters;
  /** Client connections now, and how many there may be. */
  readonly current: number;
  readonly limit: number;
  /** Whether it listens: `paused` and `stopped` by an operator. */
  readonly gate: 'open' | 'paused' | 'stopped';
  readonly binds: readonly BindView[];
}

/** A proxy of the configuration: a `listen` section is both. */
export interface ProxyView {
  readonly name: string;
  /** The number of its frontend, or else of its backend: those of one name are one proxy here. */
  readonly id: number;
  readonly frontend: FrontendView | undefined;
  readonly backend: BackendState | undefined;
  /** `fullconn`, or what HAProxy makes of the limits of the frontends that lead here. */
  readonly fullconn: number;
}

/** A stick table. */
export interface TableView {
  readonly name: string;
  readonly type: string;
  readonly used: number;
  readonly size: number;
  /** Milliseconds; 0: until its place is needed. */
  readonly expire: number;
  /** The data that is kept with each key. */
  readonly stored: readonly string[];
}

/** What the terminator serves. */
export interface CertificatesView {
  /** Why it could not be asked; its certificates are then those of the last answer. */
  readonly problem: string | undefined;
  /** How many there are; not all are listed. */
  readonly total: number;
  readonly list: readonly CertificateView[];
}

export interface CertificateView {
  readonly service: string;
  readonly file: string;
  readonly subject: string;
  readonly names: readonly string[];
  /** Milliseconds since 1970. */
  readonly notAfter: number;
  /** `expiring`: less than a third of its lifetime is left. */
  readonly state: 'valid' | 'expiring' | 'expired';
}

/** The running router, as statistics see it. */
export interface StatsView {
  /** Undefined where no terminator is known, or none has been asked yet. */
  readonly certificates: CertificatesView | undefined;
  /** Monotonic milliseconds. */
  readonly now: number;
  readonly proxies: readonly ProxyView[];
  readonly process: ProcessView;
  /** In file order. */
  readonly tables: readonly TableView[];
}

export interface ProcessView {
  readonly version: string;
  readonly node: string;
  readonly pid: number;
  /** Monotonic milliseconds, and seconds since 1970. */
  readonly started: number;
  readonly startedAt: number;
  readonly stopping: boolean;
  readonly current: number;
  readonly waiting: number;
  readonly maxconn: number;
  /** The most new connections and sessions per second; 0: no limit. */
  readonly rates: { readonly connections: number; readonly sessions: number };
  readonly listeners: number;
  /** Processes that serve. */
  readonly workers: number;
  readonly counters: ProcessCounters;
  readonly droppedLogs: number;
  /** Open files the process may have. */
  readonly descriptors: number;
  readonly hostname: string;
  /** Bytes per second to clients, over the last second that was measured. */
  readonly bytesOutRate: number;
  /** Share of the time in which the event loop had nothing to do, 0 to 1. */
  readonly idle: number;
  /**
   * Seconds by which the event loop was late: on average, for all but one in a hundred turns, and at most; undefined while it is not
   * measured.
   */
  readonly loopDelay: { readonly mean: number; readonly p99: number; readonly most: number } | undefined;
  readonly memory: number;
  readonly reloads: { readonly done: number; readonly failed: number; readonly lastAt: number };
}
