import { performance } from 'node:perf_hooks';
import type { Severity } from '@headgate/shared/log/logger';
import type { Destinations } from '@headgate/shared/log/destinations';
import type { BackendRuntime } from '../backend/runtime.ts';
import type { ServerState } from '../model/backend.ts';
import type { InvalidMessage } from '../model/invalid-message.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Load } from '../model/state.ts';
import type { StickTable } from '../tables/stick-table.ts';
import { clearCounters } from '../stats/counters.ts';
import { InvalidMessages } from '../stats/invalid-messages.ts';
import type { StatsView } from '../stats/view.ts';
import type { Binds } from './binds.ts';
import type { Gate } from './gates.ts';
import type { Limit } from './connection-limit.ts';
import { CrewCounts, countsOf, type CountedPart, type WorkerCounts } from './crew-counts.ts';
import { addressKey } from './listener.ts';
import { ProcessStats } from './process-stats.ts';
import { Services } from './services.ts';
import { statsView, type CountedFrontend } from './stats-view.ts';
import { TerminatorWatch } from './terminator-watch.ts';

/** The parts of the runtime that are counted. */
export interface Counted {
  readonly frontends: ReadonlyMap<string, CountedFrontend>;
  readonly backends: () => ReadonlyMap<string, BackendRuntime>;
  readonly binds: Pick<Binds, 'bound' | 'counted'>;
  readonly total: Limit;
  readonly waiting: Limit;
  readonly destinations: Pick<Destinations, 'losses'>;
  readonly stopping: () => boolean;
  readonly tables: () => ReadonlyMap<string, StickTable>;
  /** The most new connections and sessions per second; 0: no limit. */
  readonly rates: () => { readonly connections: number; readonly sessions: number };
  /** Whether an operator has closed the frontend. */
  readonly gate: (frontend: string) => Gate;
  /** How many processes serve. */
  readonly workers: number;
  /** This is a worker: its primary makes the pages. */
  readonly follows: boolean;
}

const NOTHING: Load = { current: 0, queued: 0, sessions: 0, requests: 0, maxconn: 0, maxqueue: 0 };

/** What is counted of the running router, and the services that show it. */
export class Statistics {
  readonly process = new ProcessStats();
  readonly services: Services;
  /** The messages that were refused last. */
  readonly invalid = new InvalidMessages();
  readonly #terminator = new TerminatorWatch();
  readonly #counted: Counted;
  #snapshot: Snapshot | undefined;
  /** In the primary, once a worker has reported. */
  #crew: CrewCounts | undefined;

  constructor(counted: Counted) {
    this.#counted = counted;
    const view = (): StatsView | undefined => this.view;
    const backendOf = (server: ServerState): BackendRuntime | undefined =>
      counted.backends().get(server.backend.config.name);
    this.services = new Services({
      get stats() {
        return view();
      },
      pulse: this.process.pulse,
      terminator: this.#terminator,
      operator: {
        administer: (server, wish) => backendOf(server)?.administer(server, wish),
        weigh: (server, weight) => backendOf(server)?.weigh(server, weight),
      },
    });
  }

  /** What `show stat` is made of; undefined before the first configuration. */
  get view(): StatsView | undefined {
    if (this.#snapshot === undefined) return undefined;
    const { frontends, backends, total, waiting, stopping, gate, rates } = this.#counted;
    const binds = this.#counted.binds.counted;
    const own = this.process.view({
      current: total.value,
      maxconn: total.max,
      rates: rates(),
      stopping: stopping(),
      waiting: waiting.value,
      listeners: this.#counted.binds.bound.length,
      droppedLogs: this.#droppedLogs,
      workers: this.#counted.workers,
    });
    const process = this.#crew?.process(own) ?? own;
    return statsView(
      this.#snapshot,
      {
        frontends,
        backends: backends(),
        binds,
        gate,
        tables: this.#counted.tables(),
        certificates: this.#terminator.seen,
      },
      process,
    );
  }

  /** In a worker: for the primary. */
  get counts(): WorkerCounts {
    const { waiting } = this.#counted;
    const own = { ...this.process.measured, droppedLogs: this.#droppedLogs, waiting: waiting.value };
    return countsOf(this.#parts(), own);
  }

  /** What there is now of what rules may ask for: only what is not nothing. */
  loads(): ReadonlyMap<string, Load> {
    const { frontends, backends } = this.#counted;
    const now = performance.now();
    const loads = new Map<string, Load>();
    const note = (part: string, load: Load): void => {
      if (Object.values(load).some((value) => value > 0)) loads.set(part, load);
    };
    for (const [name, { limit, counters }] of frontends)
      note(`frontend ${name}`, {
        ...NOTHING,
        current: limit.value,
        sessions: counters.sessionRate.read(now),
        requests: counters.requestRate.read(now),
      });
    for (const [name, { current, queued, counters, servers }] of backends()) {
      note(`backend ${name}`, { ...NOTHING, current, queued, sessions: counters.sessionRate.read(now) });
      for (const server of servers) {
        const { maxconn, maxqueue } = server.config;
        const { current: own, queued: waiting } = server;
        const sessions = server.counters.sessionRate.read(now);
        note(`server ${server.key}`, { current: own, queued: waiting, sessions, requests: 0, maxconn, maxqueue });
      }
    }
    return loads;
  }

  get #droppedLogs(): number {
    return this.#counted.destinations.losses().reduce((sum, { lines }) => sum + lines, 0);
  }

  /** In the primary: a worker has counted this; undefined: it has ended. */
  counted(worker: number, counts: WorkerCounts | undefined): void {
    const crew = (this.#crew ??= new CrewCounts());
    if (counts === undefined) crew.left(worker);
    else crew.heard(worker, counts);
    crew.show(this.#parts());
  }

  #parts(): readonly CountedPart[] {
    const { frontends, backends, total } = this.#counted;
    const ofLimit = (name: string, counters: object, limit: Limit): CountedPart => ({
      name,
      counters,
      current: limit.value,
      queued: 0,
      show: (current) => void (limit.value = current),
    });
    return [
      ofLimit('process', this.process.counters, total),
      ...[...frontends].map(([name, { counters, limit }]) => ofLimit(`frontend ${name}`, counters, limit)),
      ...this.#counted.binds.counted.map(({ frontend, bind, counters, limit }) =>
        ofLimit(`bind ${addressKey(frontend.name, bind)}`, counters, limit),
      ),
      ...[...backends()].flatMap(([name, backend]): CountedPart[] => [
        {
          name: `backend ${name}`,
          counters: backend.counters,
          current: backend.current,
          queued: backend.queued,
          show: (current, queued) => backend.show(current, queued),
        },
        ...backend.servers.map((server) => ({
          name: `server ${server.key}`,
          counters: server.counters,
          current: server.current,
          queued: server.queued,
          show: (current: number, queued: number) => server.show(current, queued),
        })),
      ]),
    ];
  }

  /** `clear counters`: the maxima, or everything that was counted. */
  clear(all: boolean): void {
    const { frontends } = this.#counted;
    const binds = this.#counted.binds.counted;
    const backends = [...this.#counted.backends().values()];
    const servers = backends.flatMap((backend) => backend.servers);
    for (const { counters } of [...frontends.values(), ...binds, ...backends, ...servers]) clearCounters(counters, all);
    clearCounters(this.process.counters, all);
    if (all) this.#crew?.clear();
  }

  /** A configuration is in effect. */
  follow(snapshot: Snapshot): void {
    this.process.applied(snapshot.global);
    this.#snapshot = snapshot;
    this.invalid.retain(new Set([...snapshot.frontends.map(({ name }) => name), ...snapshot.backends.keys()]));
    this.#terminator.follow(this.#counted.follows ? undefined : snapshot.global.terminator);
    this.services.follow(snapshot);
  }

  /** An invalid message: it is kept, and the page shows it. */
  refused(message: InvalidMessage): void {
    this.invalid.keep(message);
    const { kind, frontend, backend, server, reason } = message;
    const where = kind === 'request' ? frontend.name : `${backend?.name}/${server?.name}`;
    this.note(kind === 'request' ? 'notice' : 'warning', where, `invalid ${kind}: ${reason}`);
  }

  /** A line of the log that the page shows too, when it is a warning or worse. */
  note(severity: Severity, where: string, message: string): void {
    if (severity === 'info' || severity === 'debug') return;
    const kind = severity === 'notice' ? 'notice' : severity === 'warning' ? 'warning' : 'error';
    this.services.note(kind, where, message);
  }
}
