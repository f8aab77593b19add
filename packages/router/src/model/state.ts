/** Run-time state for fetches (HAProxy manual §7.3.2): counts are current values. */
export interface RuntimeState {
  /** Whether the process is stopping. */
  readonly stopping: boolean;
  backend(name: string): BackendCounts | undefined;
  server(backend: string, server: string): ServerCounts | undefined;
  frontend(name: string): FrontendCounts | undefined;
  table(name: string): TableCounts | undefined;
}

export interface FrontendCounts {
  readonly connections: number;
  readonly requestRate: number;
  readonly sessionRate: number;
}

export interface BackendCounts {
  readonly connections: number;
  readonly queued: number;
  readonly usableServers: number;
  readonly sessionRate: number;
  /** Slots and queue places left; -1 without limit. */
  readonly freeSlots: number;
}

export interface ServerCounts {
  readonly up: boolean;
  readonly connections: number;
  readonly queued: number;
  readonly sessionRate: number;
  readonly weight: number;
  /** -1 without limit. */
  readonly freeSlots: number;
}

/** A stick table: entries by key, counters by HAProxy's name of the stored data (`http_req_rate`, `gpc0`). */
export interface TableCounts {
  readonly used: number;
  readonly free: number;
  /** Undefined: no such entry. */
  counter(key: string, name: string): number | undefined;
}
