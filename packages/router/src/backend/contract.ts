import type { Severity } from '@headgate/shared/log/logger';
import type { BackendState, Observation, ServerControl, ServerState } from '../model/backend.ts';
import type { Backend } from '../model/snapshot.ts';
import type { SessionIds } from './persistence/session-ids.ts';
import type { DispatchDeps } from './dispatch.ts';
import type { NamedServers } from './named.ts';
import type { SavedServer, SharedServer } from './saved.ts';
import type { ServerRuntime } from './server.ts';

/** The environment of a backend. */
export interface BackendDeps extends DispatchDeps {
  /** Logs one line for the backend. */
  report(severity: Severity, message: string): void;
  /** A server is at another address now. */
  moved?(server: ServerRuntime): void;
  /** In a worker: tells the primary, which judges. Absent: it is judged here. */
  readonly tell?: ((server: string, seen: Observation) => void) | undefined;
}

export interface BackendRuntime extends BackendState, ServerControl {
  readonly servers: readonly ServerRuntime[];
  readonly sessions: SessionIds | undefined;
  /** Changes a server's weight, 0..256; 0 removes it from balancing. */
  weigh(server: ServerState, weight: number): void;
  /** What an agent has made of a server's `maxconn`; 0 is no limit. */
  limit(server: ServerState, maxconn: number): void;
  /** The agent of a server takes it down or lets it be up, or an operator does in its place. `why`: for the log. */
  setAgent(server: ServerState, down: boolean, why: string): void;
  /**
   * Follows a new configuration of the same name. Servers are matched by name and keep their states, counters and
   * queues; a server with a different address is a new one that keeps only what the operator has set. Returns the removed
   * servers, which finish their requests.
   */
  follow(config: Backend): readonly ServerRuntime[];
  /** The backend is no longer configured: its requests finish. Returns its servers. */
  retire(): readonly ServerRuntime[];
  /** The states of its servers, to restore after a reload or in another process. */
  save(): readonly SavedServer[];
  /** Restores the states of servers with known names, without logging. */
  restore(saved: readonly SavedServer[]): void;
  /** In the primary of workers: what these have in the backend, and what waits for any server of it. */
  show(current: number, queued: number): void;
  /** In a worker: the state of a server as the primary has it. */
  assume(shared: SharedServer): void;
  /** Called when the traffic of a server asks for its next check soon. */
  readonly hurries: Set<(server: ServerRuntime) => void>;
  /** Binds servers with `track` to the servers they follow. `find`: by `backend/server`. */
  track(find: (key: string) => ServerRuntime | undefined): void;
  /** Another server has changed, which some here may follow. */
  followed(tracked: ServerRuntime): void;
  /** Moves servers whose names are looked up. */
  readonly named: NamedServers;
  /** Calls back after each change of a server's state or weight, until the returned function is called. */
  watch(listener: (server: ServerRuntime) => void): () => void;
}
