import type { Severity } from '@headgate/shared/log/logger';
import type { Backend } from '../model/snapshot.ts';
import type { BackendCounters } from '../model/counters.ts';
import { askedAgent } from '../model/server.ts';
import { newBackendCounters, newServerCounters } from '../stats/counters.ts';
import { algorithms } from './balance.ts';
import type {
  Administrative,
  AgentReply,
  CheckResult,
  Observation,
  ServerState,
  Taken,
  Waiter,
  Wish,
} from '../model/backend.ts';
import { heed } from './agent.ts';
import type { BackendDeps, BackendRuntime } from './contract.ts';
import { beginCounting, noteChange } from './counting.ts';
import { Dispatch } from './dispatch.ts';
import { Lifecycle } from './lifecycle.ts';
import { NamedServers } from './named.ts';
import { observe, worthTelling } from './observe.ts';
import { SessionIds } from './persistence/session-ids.ts';
import { administered, agentCheckLine, followed, healthCheckLine, judged, newProgress, reason } from './report.ts';
import type { Situation } from './report.ts';
import type { SavedServer, SharedServer } from './saved.ts';
import { reconfigure, restoreServer, sameMachine, saveServer } from './saved.ts';
import { initialHealth, nextHealth } from './server-state.ts';
import type { Owner } from './server.ts';
import { ServerRuntime } from './server.ts';

export type { BackendDeps, BackendRuntime } from './contract.ts';

/** A backend in its initial state: every server that is not disabled is up until a check fails. */
export function createBackend(config: Backend, deps: BackendDeps): BackendRuntime {
  return new RunningBackend(config, deps);
}

/** Long because it is the one owner of the state of a backend and its servers: what decides about them is in modules of its own. What every request reads comes first, side by side in memory. */
class RunningBackend implements BackendRuntime, Owner {
  config: Backend;
  current = 0;
  readonly counters: BackendCounters;
  readonly #dispatch: Dispatch;
  /** See `ServerRuntime.show`. */
  #elsewhere = 0;
  servers: readonly ServerRuntime[];
  retired = false;
  readonly #deps: BackendDeps;
  sessions: SessionIds | undefined = undefined;
  #learning: string | undefined = undefined;
  readonly #lifecycle: Lifecycle;
  readonly hurries = new Set<(server: ServerRuntime) => void>();
  readonly named: NamedServers;
  readonly #listeners = new Set<(server: ServerRuntime) => void>();

  constructor(config: Backend, deps: BackendDeps) {
    this.config = config;
    this.#deps = deps;
    this.#lifecycle = new Lifecycle(deps, () => this.#dispatch.refresh());
    this.named = new NamedServers({
      report: (severity, message) => deps.report(severity, message),
      change: (server, severity, describe) => this.#change(server, severity, describe),
      moved: (server) => deps.moved?.(server),
      begun: () => this.#begun(),
    });
    const now = deps.now();
    this.counters = newBackendCounters(now);
    this.servers = config.servers.map((server) => new ServerRuntime(server, this, newServerCounters(now)));
    this.#dispatch = new Dispatch(config, this.servers, this.counters, deps);
    beginCounting(this, this.servers);
    this.#learn(config);
    for (const server of this.servers) server.wasStopped = server.stopped;
  }

  /** Sessions outlive a reload, unless it changes how many are remembered, or for how long. */
  #learn({ persistence }: Backend): void {
    const wanted = persistence?.sessions;
    const shape = JSON.stringify(wanted);
    if (shape === this.#learning) return;
    this.#learning = shape;
    this.sessions = wanted === undefined ? undefined : new SessionIds(wanted, () => this.#deps.now());
  }

  get usableServers(): number {
    return this.#dispatch.eligible;
  }

  get queued(): number {
    return this.#dispatch.queued + this.#elsewhere;
  }

  show(current: number, queued: number): void {
    this.current = current;
    this.#elsewhere = queued;
  }

  get choosesFreely(): boolean {
    return this.usableServers > 1 && algorithms[this.config.balance.name].free;
  }

  enter(): void {
    this.current++;
  }

  exit(): void {
    this.current--;
  }

  take(waiter: Waiter, wish?: Wish): Taken {
    return this.#dispatch.take(waiter, wish);
  }

  hasOther(than: readonly ServerState[]): boolean {
    return this.#dispatch.hasOther(than);
  }

  forget(waiter: Waiter): void {
    this.#dispatch.forget(waiter);
  }

  released(server: ServerRuntime): void {
    this.#dispatch.released(server);
  }

  checked(state: ServerState, result: CheckResult): void {
    const server = this.#own(state);
    const check = server?.config.check;
    if (server === undefined || check === undefined || server.administrative === 'maint' || server.unresolved) return;
    const { health, operational, leaving } = server;
    server.health = nextHealth(health, result.passed, check);
    // An agent that is not asked any more keeps its server down until a check passes.
    if (result.passed && server.config.agent?.paused === true) server.agentDown = false;
    server.leaving = result.status === 'L7OKC' && server.operational === 'up';
    if (!result.passed && health > 0) server.counters.failedChecks += 1;
    const progress = this.config.logHealthChecks ? newProgress(server, health, result) : undefined;
    server.lastCheck = result;
    if (progress !== undefined) this.#deps.report('notice', healthCheckLine(server, result, progress));
    // With log-health-checks the line above already contains the reason.
    this.#judged(server, { operational, leaving }, progress === undefined ? `, ${reason(result)}` : '');
  }

  heard(state: ServerState, said: AgentReply | CheckResult, duration: number): void {
    const server = this.#own(state);
    if (server === undefined || askedAgent(server.config) === undefined) return;
    const { logHealthChecks } = this.config;
    const result = 'status' in said ? said : heed(server, said, duration, this);
    const isNews = logHealthChecks && result.status !== 'CHECKED' && result.status !== server.lastAgent?.status;
    server.lastAgent = result;
    const down = result.status === 'L7STS' || (result.status !== 'L7OK' && server.agentDown);
    if (isNews) this.#deps.report('notice', agentCheckLine(server, result, down));
    this.setAgent(server, down, logHealthChecks ? '' : `, ${reason(result)}`);
  }

  setAgent(state: ServerState, down: boolean, why: string): void {
    const server = this.#own(state);
    if (server === undefined) return;
    const { operational, leaving } = server;
    server.agentDown = down;
    this.#judged(server, { operational, leaving }, why);
  }

  limit(state: ServerState, maxconn: number): void {
    const server = this.#own(state);
    if (server === undefined || server.config.maxconn === maxconn) return;
    server.limited = maxconn;
    this.#change(server);
  }

  /** Follows what a check or an agent has found. */
  #judged(server: ServerRuntime, before: Pick<ServerRuntime, 'operational' | 'leaving'>, why: string): void {
    const same = server.operational === before.operational && server.leaving === before.leaving;
    if (!same && server.administrative !== 'maint') this.#change(server, ...judged(server, before.leaving, why));
  }

  administer(state: ServerState, next: Administrative): void {
    const server = this.#own(state);
    if (server === undefined || server.administrative === next) return;
    const { administrative, operational, usable } = server;
    server.administrative = next;
    // Check results from before maintenance are out of date.
    if (administrative === 'maint' && server.config.check !== undefined)
      server.health = initialHealth(server.config.check);
    this.#change(server, ...administered(server, { administrative, operational, usable }));
  }

  weigh(state: ServerState, weight: number): void {
    const server = this.#own(state);
    if (server === undefined || server.weight === weight) return;
    server.weight = weight;
    this.#change(server);
  }

  follow(config: Backend): readonly ServerRuntime[] {
    const before = this.servers;
    this.config = config;
    this.servers = config.servers.map((server) => {
      const known = before.find(({ config: { name } }) => name === server.name);
      if (known !== undefined && sameMachine(known.written, server)) {
        reconfigure(known, server);
        return known;
      }
      const added = new ServerRuntime(server, this, known?.counters ?? newServerCounters(this.#deps.now()));
      if (known !== undefined) added.administrative = saveServer(known).administrative ?? added.administrative;
      return added;
    });
    const left = before.filter((server) => !this.servers.includes(server));
    for (const server of left) server.dropped = true;
    this.#dispatch.follow(config, this.servers);
    beginCounting(this, this.servers);
    this.#learn(config);
    return left;
  }

  retire(): readonly ServerRuntime[] {
    this.retired = true;
    this.#lifecycle.stop();
    return this.servers;
  }

  save(): readonly SavedServer[] {
    return this.servers.map(saveServer);
  }

  restore(saved: readonly SavedServer[]): void {
    for (const server of this.servers) {
      const state = saved.find(({ key }) => key === server.key);
      if (state !== undefined) restoreServer(server, state);
    }
    this.#begun();
    for (const server of this.servers) this.#tell(server);
  }

  #begun(): void {
    this.#dispatch.refresh();
    beginCounting(this, this.servers);
  }

  assume({ key, place, ...state }: SharedServer): void {
    const server = this.servers.find((one) => one.key === key);
    if (server === undefined) return;
    Object.assign(server, state);
    if (JSON.stringify(place) !== JSON.stringify(server.place)) {
      server.settle(place);
      this.#deps.moved?.(server);
    }
    this.#change(server);
  }

  watch(listener: (server: ServerRuntime) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The local server with the same name: results and commands may come from another process or snapshot. */
  #own(state: ServerState): ServerRuntime | undefined {
    return this.servers.find((server) => server.key === state.key);
  }

  /** After a server's state changed: rebuilds the chooser, moves waiters, and logs one line, unless another process does. */
  #change(server: ServerRuntime, severity?: Severity, describe?: (situation: Situation) => string): void {
    const hadServers = this.usableServers > 0;
    const { queued } = server;
    const queuedForAny = this.#dispatch.queued;
    this.#dispatch.refresh();
    noteChange(this, server, hadServers);
    const requeued = server.usable ? queuedForAny - this.#dispatch.queued : queued;
    const usable = this.servers.filter((other) => other.usable && other.weight > 0);
    const backups = usable.filter((other) => other.config.backup).length;
    const situation = { active: usable.length - backups, backups, requeued };
    if (severity !== undefined && describe !== undefined) this.#deps.report(severity, describe(situation));
    if (hadServers && this.usableServers === 0)
      this.#deps.report('emerg', `${kindOf(this.config)} ${this.config.name} has no server available!`);
    this.#lifecycle.settle(server, this.servers);
    this.#tell(server);
  }

  now(): number {
    return this.#deps.now();
  }

  observed(state: ServerState, seen: Observation): void {
    const server = this.#own(state);
    if (server === undefined || server.stopped) return;
    const { tell } = this.#deps;
    if (tell !== undefined) return worthTelling(server, seen) ? tell(server.key, seen) : undefined;
    const result = observe(server, seen);
    if (result === undefined) return;
    if (result !== 'hurry') this.checked(server, result);
    for (const hurry of this.hurries) hurry(server);
  }

  track(find: (key: string) => ServerRuntime | undefined): void {
    for (const server of this.servers) {
      const { track } = server.config;
      const tracked = track === undefined ? undefined : find(track);
      if (tracked === server.tracked) continue;
      server.tracked = tracked;
      server.wasStopped = server.stopped;
    }
    this.#dispatch.refresh();
  }

  followed(tracked: ServerRuntime): void {
    for (const server of this.servers) {
      if (server.tracked !== tracked) continue;
      if (server.stopped === server.wasStopped) this.#dispatch.refresh();
      else this.#change(server, ...followed(server, tracked));
    }
  }

  #tell(server: ServerRuntime): void {
    for (const listener of this.#listeners) listener(server);
  }
}

function kindOf({ listens }: Backend): 'backend' | 'proxy' {
  return listens === true ? 'proxy' : 'backend';
}
