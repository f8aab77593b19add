import type { Verdict } from './check.ts';
import type { Backend, Server } from './snapshot.ts';
import type { BackendCounters, ServerCounters } from './counters.ts';
import type { Evaluation } from './evaluation.ts';
import type { RequestFacts } from './facts.ts';

/** HAProxy's operational states × administrative states (reference: server-t.h). */
export type Operational = 'up' | 'down';
export type Administrative = 'ready' | 'drain' | 'maint';

/** `slowstart` takes a weight apart in so many parts. */
export const SIXTEENTHS = 16;

/** The state of one server while the router runs: the only mutable thing keyed `backend/server`. */
export interface ServerState {
  readonly key: string;
  /** Its place in the configuration, from 1. */
  readonly id: number;
  readonly config: Server;
  readonly backend: BackendState;
  readonly counters: ServerCounters;
  readonly operational: Operational;
  readonly administrative: Administrative;
  /** Its name has no address: it is out of service until a name server gives it one. */
  readonly unresolved: boolean;
  /** The name that is looked up for it now; undefined: none. */
  readonly name: string | undefined;
  /** Its weight as configured, or as an operator or an agent has set it. */
  readonly weight: number;
  /** Its weight as balancing sees it now, in sixteenths: less than all of it in a slow start. */
  readonly share: number;
  /** It has not been up for `slowstart` yet. */
  readonly warming: boolean;
  /** The server whose states it follows (`track`). */
  readonly tracked: ServerState | undefined;
  /** HAProxy's counter of passed and failed checks, 0 to rise + fall - 1; up from `rise` on. */
  readonly health: number;
  readonly lastCheck: CheckResult | undefined;
  /** Its agent has taken it down (`agent-check`), whatever its checks find. */
  readonly agentDown: boolean;
  readonly lastAgent: CheckResult | undefined;
  /** Up, and out of balancing because a check asked for it (HAProxy: NOLB). */
  readonly leaving: boolean;
  /** Requests holding a slot now. */
  readonly current: number;
  /** Requests waiting for this very server. */
  readonly queued: number;
  /** Both states allow traffic, and no new configuration has taken it out of its backend. */
  readonly usable: boolean;
  /** What it serves now, where its requests may have to end before their time (`on-marked-down`). */
  readonly sessions: Set<Session>;
  /** It is down or in maintenance, or no longer configured: not even a client that is bound to it may go there. */
  readonly stopped: boolean;
  /** In no configuration any more: it may finish its current requests, and its idle connections are not reused. */
  readonly retired: boolean;
  /** Room for what a pool of connections keeps of this server, so that it need not look it up. Each pool knows its own again. */
  near?: object | undefined;
  /** Releases a slot, which the next in the queue gets. Call exactly once for each slot acquired. */
  release(): void;
}

/** One request, or tunnel, that a server serves. */
export interface Session {
  /** Ends it: its server went down, or, being a backup, is not needed any more. */
  shutdown(why: 'down' | 'up'): void;
}

/** What traffic shows of a server (HAProxy's health analysis), and the text for it. */
export const OBSERVATIONS = {
  connected: { text: 'L4 successful connection', layer4: true, layer7: undefined },
  unreachable: { text: 'L4 unsuccessful connection', layer4: false, layer7: false },
  answered: { text: 'Correct http response', layer4: undefined, layer7: true },
  wrongStatus: { text: 'Wrong http response', layer4: undefined, layer7: false },
  invalidHead: { text: 'Invalid http response (headers)', layer4: undefined, layer7: false },
  invalidBody: { text: 'Invalid http response', layer4: undefined, layer7: false },
  readError: { text: 'Read error (http)', layer4: undefined, layer7: false },
  timeout: { text: 'Read timeout (http)', layer4: undefined, layer7: false },
  closed: { text: 'Close from server (http)', layer4: undefined, layer7: false },
} as const;
export type Observation = keyof typeof OBSERVATIONS;

/** Session ids, and the names of the servers that gave them out. */
export interface LearnedSessions {
  /** The server of a session; that it was asked for keeps the session known. */
  find(id: string): string | undefined;
  learn(id: string, server: string): void;
  /** In a worker: resolves when others were asked for a session that is not known here, which `find` then finds if they know it. */
  readonly ask?: ((id: string) => Promise<void>) | undefined;
}

/** An exchange that needs a server. Filled in and called back by the backend. */
export interface Waiter {
  readonly facts: RequestFacts;
  /** What `balance hash` is evaluated on. */
  readonly on?: Evaluation | undefined;
  /**
   * Its places in the server's and in the backend's queue, from 1 (log field %sq/%bq). Starts at 0; each time
   * it is queued its position is added, so a request that never waited shows 0/0.
   */
  serverQueue: number;
  backendQueue: number;
  /** Waiters of a lower class leave a queue first; absent: 0. */
  readonly priorityClass?: number;
  /** Among those of a class it counts as having come so many milliseconds later. */
  readonly priorityOffset?: number;
  /** The server it is bound to, if any; cleared by the backend when it has to be sent elsewhere. */
  bound: Bound | undefined;
  /** A slot on this server is now held (called later, only after `take` said 'queued'). */
  granted(server: ServerState): void;
  /** The wait ended without a server: `timeout queue` expired, or no server is left. */
  refused(why: 'queue-timeout' | 'no-server'): void;
}

/** A server that something other than `balance` has chosen: a cookie, a stick table, `use-server`. */
export interface Bound {
  readonly server: ServerState;
  /** It stays with this server whatever happens to it (`force-persist`). */
  readonly forced: boolean;
}

/** Preferences of a request when choosing a server. */
export interface Wish {
  /** The servers a redispatch avoids, most recent last: chosen only when there is no other. */
  readonly avoid?: readonly ServerState[];
  /** The server its client has a connection of its own to, while usable: takes precedence over balancing. */
  readonly prefer?: ServerState | undefined;
}

/** `take` returns at once a server whose slot is held, or what happens instead. */
export type Taken = ServerState | 'queued' | 'no-server' | 'queue-full';

/** The state of one backend while the router runs. */
export interface BackendState {
  readonly config: Backend;
  readonly servers: readonly ServerState[];
  /** With `sticky socket.io`. */
  readonly sessions: LearnedSessions | undefined;
  readonly counters: BackendCounters;
  /** Requests inside this backend now (%bc). Kept by the exchange through enter/leave. */
  readonly current: number;
  /** Requests that wait for any server: those that wait for a certain one are the server's `queued`. */
  readonly queued: number;
  readonly usableServers: number;
  /** Any of several servers will do for a request: nothing in it determines which. */
  readonly choosesFreely: boolean;
  /** Takes note of what traffic shows of a server; called where it is to be observed. */
  observed(server: ServerState, seen: Observation): void;
  /** Counts a request in. */
  enter(): void;
  /** Counts a request out. */
  exit(): void;
  /** Chooses a server and takes a slot on it, or queues the waiter. */
  take(waiter: Waiter, wish?: Wish): Taken;
  /** Balanced servers are not among these. */
  hasOther(than: readonly ServerState[]): boolean;
  /** Removes a waiter from the queue (its client has disconnected). */
  forget(waiter: Waiter): void;
}

/** What the line of an agent says. */
export interface AgentReply {
  /** `up`, `down`, `stopped` or `fail`, as it was written. */
  readonly health: string | undefined;
  readonly state: Administrative | undefined;
  /** `75%`. */
  readonly weight: string | undefined;
  readonly maxconn: string | undefined;
  /** The first word that means nothing. */
  readonly unknown: string | undefined;
  /** What follows a `#`. */
  readonly text: string;
}

/** The actions of checks and the operator on a server. */
export interface ServerControl {
  checked(server: ServerState, result: CheckResult): void;
  /** What the agent of a server said, or why it said nothing. */
  heard(server: ServerState, said: AgentReply | CheckResult, duration: number): void;
  administer(server: ServerState, state: Administrative): void;
}

/** One finished check (reference: haproxy-semantics §7.7). */
export interface CheckResult extends Verdict {
  /** Milliseconds. */
  readonly duration: number;
}
