import { performance } from 'node:perf_hooks';
import type { Severity } from '@headgate/shared/log/logger';
import { createBackend, type BackendDeps, type BackendRuntime } from '../backend/runtime.ts';
import { createEventLog, type EventLog } from '../log/event-log.ts';
import type { ServerRuntime } from '../backend/server.ts';
import type { ServerState } from '../model/backend.ts';
import type { Backend } from '../model/snapshot.ts';
import { after } from './timer.ts';

interface RunningBackend {
  readonly backend: BackendRuntime;
  /** The destination of its events in the current configuration. */
  events: EventLog;
}

/** The backends of the running router: matched by name from one configuration to the next. */
export class Backends {
  readonly #logs: Parameters<typeof createEventLog>[1];
  readonly #report: (severity: Severity, backend: string, message: string) => void;
  readonly #moved: (server: ServerState) => void;
  readonly #tell: BackendDeps['tell'];
  readonly #running = new Map<string, RunningBackend>();

  /** `report`: a line about a backend, besides its own log. `moved`: a server has another address. `tell`: in a worker, which logs nothing of states. */
  constructor(
    logs: Parameters<typeof createEventLog>[1],
    report: (severity: Severity, backend: string, message: string) => void,
    moved: (server: ServerState) => void,
    tell?: BackendDeps['tell'],
  ) {
    this.#moved = moved;
    this.#logs = logs;
    this.#report = report;
    this.#tell = tell;
  }

  /** Called after each change of a server's state, weight or address. */
  changed: (server: ServerRuntime) => void = () => {};

  /** By name. */
  get all(): ReadonlyMap<string, BackendRuntime> {
    return new Map([...this.#running].map(([name, { backend }]) => [name, backend]));
  }

  /** Returns the servers that no longer belong to a backend. */
  follow(backends: ReadonlyMap<string, Backend>): readonly ServerState[] {
    const retired: ServerState[] = [];
    for (const [name, { backend }] of this.#running) {
      if (backends.has(name)) continue;
      retired.push(...backend.retire());
      this.#running.delete(name);
    }
    for (const config of backends.values()) {
      const known = this.#running.get(config.name);
      if (known === undefined) this.#running.set(config.name, this.#started(config));
      else {
        known.events = createEventLog(config, this.#logs);
        retired.push(...known.backend.follow(config));
      }
    }
    this.#track();
    return retired;
  }

  /** The process ends: nothing waits for time to pass any more. */
  stop(): void {
    for (const { backend } of this.#running.values()) backend.retire();
  }

  /** Servers may follow one of any backend (`track`). */
  #track(): void {
    const servers = new Map(
      [...this.#running.values()].flatMap(({ backend }) =>
        backend.servers.map((server) => [server.key, server] as const),
      ),
    );
    for (const { backend } of this.#running.values()) backend.track((key) => servers.get(key));
  }

  /** A line about a backend, in its own log and in that of the process. */
  note(name: string, severity: Severity, message: string): void {
    if (this.#tell !== undefined) return;
    this.#running.get(name)?.events(severity, message);
    this.#report(severity, name, message);
  }

  #started(config: Backend): RunningBackend {
    const backend = createBackend(config, {
      now: () => performance.now(),
      after,
      random: Math.random,
      moved: (server) => {
        this.#moved(server);
        this.changed(server);
      },
      tell: this.#tell,
      report: (severity, message) => this.note(config.name, severity, message),
    });
    backend.watch((changed) => {
      this.changed(changed);
      for (const other of this.#running.values()) other.backend.followed(changed);
    });
    const running: RunningBackend = { backend, events: createEventLog(config, this.#logs) };
    return running;
  }
}
