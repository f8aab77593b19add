/** A server as rules see it: part of `ServerState`, which knows more. */
export interface ServerView {
  /** `backend/server`. */
  readonly key: string;
  readonly id: number;
  readonly config: {
    readonly name: string;
    readonly maxconn: number;
    readonly maxqueue: number;
    readonly weight: number;
    readonly backup: boolean;
  };
  readonly operational: 'up' | 'down';
  readonly administrative: 'ready' | 'drain' | 'maint';
  readonly usable: boolean;
  readonly weight: number;
  readonly current: number;
  readonly queued: number;
  readonly counters: { readonly sessionRate: Rate };
}

/** A backend as rules see it: part of `BackendState`. */
export interface BackendView {
  readonly config: {
    readonly name: string;
    /** Its number in statistics. */
    readonly number: number;
    readonly allBackups: boolean;
    /** Milliseconds; 0: none. */
    readonly timeouts: { readonly server: number; readonly tunnel: number };
  };
  readonly servers: readonly ServerView[];
  readonly current: number;
  readonly queued: number;
  readonly counters: { readonly sessionRate: Rate };
}

/** Events in the last second; `now` is monotonic milliseconds. */
interface Rate {
  read(now: number): number;
}

/** What the router is doing now, for rules and logs (HAProxy manual §7.3.2). */
export interface RuntimeState {
  /** A backend by its name; without one, that of the request, once it is chosen. */
  backend(name?: string): BackendView | undefined;
  /** A server by `backend/server`; without a name, that of the request, once it is chosen. */
  server(name?: string): ServerView | undefined;
  /** The frontend of the request. */
  readonly frontend: FrontendCounts;
  /** Monotonic milliseconds. */
  readonly now: number;
  /** What the other workers have; absent where one process serves. */
  readonly others?: OtherLoads | undefined;
}

/** The sums of what other processes have of `frontend F`, `backend B` or `server B/S`. */
export type OtherLoads = (part: string) => Load;

/** What a frontend, a backend or a server has now. */
export interface Load {
  readonly current: number;
  readonly queued: number;
  /** Sessions, and requests, in the last second. */
  readonly sessions: number;
  readonly requests: number;
  /** Limits of a server; 0: none. */
  readonly maxconn: number;
  readonly maxqueue: number;
}

export interface FrontendCounts {
  readonly name: string;
  readonly connections: number;
  readonly requestRate: number;
  readonly sessionRate: number;
}
