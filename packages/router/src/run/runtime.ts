import { performance } from 'node:perf_hooks';
import { hostname } from 'node:os';
import { Destinations } from '@headgate/shared/log/destinations';
import type { Logger } from '@headgate/shared/log/logger';
import { soon } from '@headgate/shared/process/exit';
import type { Reloadable } from '@headgate/shared/process/product';
import { StartFailure } from '@headgate/shared/process/start-failure';
import { PasswordChecks } from '../auth/checks.ts';
import type { BackendRuntime } from '../backend/runtime.ts';
import { Checks } from '../checks/run.ts';
import { explainShortage } from '../config/descriptors.ts';
import type { Frontend, GlobalConfig, Server, Snapshot } from '../model/snapshot.ts';
import type { CreateEngine, Engine } from '../engine/contract.ts';
import type { Hooks } from '../engine/http-proxy/hooks.ts';
import { setProcessVariables } from '../exchange/variables.ts';
import type { FrontendContext } from '../exchange/context.ts';
import { variablesOf } from '../exchange/variables.ts';
import { createAccessLog } from '../log/access-log.ts';
import { createEventLog } from '../log/event-log.ts';
import { destinationsOf } from '../log/destinations-of.ts';
import { watchLosses } from '../log/losses.ts';
import type { FrontendCounters } from '../model/counters.ts';
import { METRICS_PROXY } from '../model/service.ts';
import type { World } from '../model/evaluation.ts';
import type { ServerState } from '../model/backend.ts';
import { decisionsOf } from '../rules/memory.ts';
import type { OpenTunnel } from '../engine/tunnels.ts';
import type { StickTable } from '../tables/stick-table.ts';
import { newFrontendCounters } from '../stats/counters.ts';
import type { StatsView } from '../stats/view.ts';
import { Backends } from './backends.ts';
import { Binds, type PlannedBind } from './binds.ts';
import type { Limit } from './connection-limit.ts';
import { engines } from './engines.ts';
import { Statistics } from './statistics.ts';
import { TableStore } from './tables.ts';
import { after } from './timer.ts';
import { systemWorld } from './system-world.ts';
import { Unreachable } from './unreachable.ts';

interface RunningFrontend {
  readonly name: string;
  readonly kind: Frontend['engine'];
  readonly engine: Engine;
  readonly limit: Limit;
  readonly counters: FrontendCounters;
}

/**
 * The running router: everything that outlives a configuration. `apply` puts a snapshot into effect, the first one
 * and each that replaces it, in one step:
 *
 * - Sockets stay bound where the address stays. New addresses are bound before anything else changes: if one of them is in use,
 *   nothing changes. Removed addresses stop accepting, and their connections continue.
 * - Backends are matched by name, servers by `backend/server`: states, health, counters, queues and idle connections stay.
 * - Stick tables are known by their names and keep their keys while their definition stays.
 * - Each request is served under the configuration with which it started; the next one on its connection uses the new one.
 *
 * It is long because the order of these steps is what makes a change safe.
 */
export class RouterRuntime implements Reloadable<Snapshot> {
  readonly #logger: Logger;
  readonly #hooks: Hooks;
  readonly #destinations = new Destinations();
  readonly #logs = { destinations: this.#destinations, pid: process.pid, hostname: hostname() };
  readonly #backends: Backends;
  readonly #frontends = new Map<string, RunningFrontend>();
  /** Engines that are no longer configured, until their connections have ended. */
  readonly #leavingEngines = new Set<Engine>();
  readonly #createEngine: Partial<Record<Frontend['engine'], CreateEngine>> = {};
  /** Client connections of the process, and those waiting for a place. */
  readonly #total: Limit = { value: 0, max: 0 };
  readonly #waiting: Limit = { value: 0, max: 0 };
  readonly #binds: Binds;
  readonly #statistics: Statistics;
  readonly #checks = new Checks({
    now: () => performance.now(),
    after,
    random: Math.random,
    facts: () => ({ world: (this.#world ??= systemWorld(1)), variables: variablesOf }),
  });
  readonly #unreachable: Unreachable;
  readonly #passwords: PasswordChecks;
  readonly #tables = new TableStore(() => performance.now());
  readonly #losses: { end(): void };
  /** One for the lifetime of the process, across configurations: it holds the variables of scope `proc`. */
  #world: World | undefined;
  #applying: Promise<void> = Promise.resolve();
  #state: 'running' | 'draining' | 'closed' = 'running';
  #portsClosed = false;
  #spreadChecks = 0;
  readonly #drained = Promise.withResolvers<void>();

  /** `hooks` are for frontends with `engine http-proxy`. */
  constructor(logger: Logger, hooks: Hooks = {}) {
    this.#logger = logger;
    this.#hooks = hooks;
    this.#binds = new Binds(logger, this.#waiting, () => this.#freed());
    this.#passwords = new PasswordChecks((message) => logger.log('err', message));
    this.#backends = new Backends(this.#logs, (severity, name, message) => {
      logger.log(severity, message);
      this.#statistics.note(severity, name, message);
    });
    this.#statistics = new Statistics({
      frontends: this.#frontends,
      backends: () => this.backends,
      binds: this.#binds,
      total: this.#total,
      waiting: this.#waiting,
      destinations: this.#destinations,
      stopping: () => this.#state !== 'running',
    });
    this.#losses = watchLosses(this.#destinations, logger, after);
    this.#unreachable = new Unreachable(
      (message) => logger.log('warning', message),
      () => performance.now(),
    );
  }

  /** The listening addresses, in file order. */
  get addresses(): readonly string[] {
    return this.#binds.addresses;
  }

  /** What `show stat` is made of; undefined before the first configuration. */
  get stats(): StatsView | undefined {
    return this.#statistics.view;
  }

  /** `clear counters`: the maxima, or everything that was counted. */
  clearCounters(all: boolean): void {
    this.#statistics.clear(all);
  }

  /** Open tunnels, those of earlier configurations included. */
  get tunnels(): readonly OpenTunnel[] {
    return this.#engines().flatMap(({ tunnels }) => tunnels.all);
  }

  /** The stick tables by name. */
  get tables(): ReadonlyMap<string, StickTable> {
    return this.#tables.all ?? new Map();
  }

  /** Limits of client connections, which can be changed until the next configuration: the process's, and those of frontends by name. */
  get limits(): { readonly process: Limit; readonly frontends: ReadonlyMap<string, Limit> } {
    const frontends = new Map([...this.#frontends.values()].map(({ name, limit }) => [name, limit]));
    return { process: this.#total, frontends };
  }

  /** A limit was raised: more connections may be admitted. */
  admit(): void {
    this.#binds.next();
  }

  /** Gives a backend other servers until the next configuration; those that stay keep their states. */
  changeServers(backend: BackendRuntime, servers: readonly Server[]): void {
    this.#serversChanged(backend.follow({ ...backend.config, servers }));
  }

  /** The current backends by name. */
  get backends(): ReadonlyMap<string, BackendRuntime> {
    return this.#backends.all;
  }

  /**
   * Puts a configuration into effect. Rejects with `NotApplied`, having changed nothing, when an address cannot be bound. Calls
   * are carried out one after the other.
   */
  apply(snapshot: Snapshot): Promise<void> {
    const applied = this.#applying.then(() => this.#apply(snapshot));
    applied.catch(() => this.#statistics.process.refused());
    this.#applying = applied.catch(() => undefined);
    return applied;
  }

  async drain(within?: number): Promise<void> {
    if (this.#state === 'running') this.#state = 'draining';
    await this.#applying;
    // Before the ports close: responses announce the close of their connection, and new connections are served once.
    // What is left of a deadline is for the last words of tunnels.
    const tunnels = within === undefined ? undefined : within * 0.9;
    for (const engine of this.#engines()) engine.drain(tunnels);
    await this.#binds.drain();
    this.#portsClosed = true;
    if (this.#total.value > 0) await this.#drained.promise;
    // A log receiver that stopped reading must not delay shutdown.
    await soon(this.#destinations.flush());
  }

  async close(): Promise<void> {
    this.#state = 'closed';
    await this.#applying;
    this.#binds.stop();
    for (const { engine } of this.#frontends.values()) engine.close();
    for (const engine of this.#leavingEngines) engine.close();
    this.#checks.stop();
    this.#backends.stop();
    this.#passwords.close();
    this.#statistics.services.stop();
    this.#tables.stop();
    this.#losses.end();
    await this.#destinations.flush();
    this.#destinations.close();
  }

  async #apply(snapshot: Snapshot): Promise<void> {
    const shortage = explainShortage(snapshot.global.connections);
    if (shortage !== undefined) throw new StartFailure(shortage);
    for (const { engine } of snapshot.frontends) this.#createEngine[engine] ??= await engines[engine](this.#hooks);
    const plan = await this.#binds.plan(snapshot.frontends);
    if (this.#state !== 'running') {
      this.#binds.forget(plan);
      throw new Error('the router stops: no configuration is applied any more');
    }
    this.#swap(snapshot, plan);
  }

  /** The one step: nothing in it waits or fails. */
  #swap(snapshot: Snapshot, plan: readonly PlannedBind[]): void {
    const { global } = snapshot;
    this.#total.max = global.maxconn;
    this.#waiting.max = global.connections.waiting;
    this.#world ??= systemWorld(global.nbproc);
    setProcessVariables(this.#world, global.variables);
    this.#tables.follow(snapshot.tables);
    const retired = this.#backends.follow(snapshot.backends);
    const { backends } = this;
    const frontends = snapshot.frontends.map((config) => this.#followFrontend(config, snapshot.global, backends));
    const names = new Set(snapshot.frontends.map(({ name }) => name));
    for (const [name, { engine }] of this.#frontends)
      if (!names.has(name)) this.#leave(name, engine, global.drainTimeout);
    for (const running of frontends) this.#frontends.set(running.name, running);
    this.#binds.follow(plan, ({ frontend, bind, limit: own, counters }) => {
      const { engine, limit } = this.#frontends.get(frontend.name) as RunningFrontend;
      const socket = frontend.socketStats ? counters : undefined;
      // Who looks when the router is full must get in.
      const limits = frontend.name === METRICS_PROXY ? [limit, own] : [this.#total, limit, own];
      return { bind, engine, limits, socket, open: own };
    });
    this.#spreadChecks = global.spreadChecks;
    this.#serversChanged(retired);
    void this.#destinations.retain(destinationsOf(snapshot));
    this.#binds.next();
    this.#statistics.follow(snapshot);
  }

  #serversChanged(retired: readonly ServerState[]): void {
    const backends = [...this.backends.values()];
    for (const engine of this.#engines()) for (const server of retired) engine.retire(server);
    this.#checks.follow(backends, this.#spreadChecks);
    this.#unreachable.keep(new Set(backends.flatMap(({ servers }) => servers.map(({ key }) => key))));
  }

  #followFrontend(config: Frontend, global: GlobalConfig, backends: FrontendContext['backends']): RunningFrontend {
    const known = this.#frontends.get(config.name);
    const limit = known?.limit ?? { value: 0, max: 0 };
    limit.max = config.maxconn;
    const counters = known?.counters ?? newFrontendCounters(performance.now());
    const context = this.#contextOf(config, global, backends, limit, counters);
    if (known !== undefined && known.kind === config.engine) {
      known.engine.context = context;
      return known;
    }
    // Its tunnels go on: the frontend still exists.
    if (known !== undefined) this.#leave(config.name, known.engine);
    const create = this.#createEngine[config.engine] as CreateEngine;
    return { name: config.name, kind: config.engine, engine: create(context), limit, counters };
  }

  #contextOf(
    config: Frontend,
    global: GlobalConfig,
    backends: FrontendContext['backends'],
    limit: Limit,
    counters: FrontendCounters,
  ): FrontendContext {
    const access = createAccessLog(config, this.#logs);
    const events = createEventLog(config, this.#logs);
    return {
      config,
      global,
      backends,
      decide: decisionsOf(config),
      passwords: this.#passwords,
      tables: this.#tables.all,
      world: (this.#world ??= systemWorld(global.nbproc)),
      counts: { process: this.#total, frontend: limit },
      counters,
      process: this.#statistics.process.counters,
      serve: (service, on, body) => this.#statistics.services.answer(service, on, body),
      log: (record, on) => access.write(record, on),
      event: (severity, message) => {
        events(severity, message);
        this.#logger.log(severity, message);
      },
      unreachable: (server, reason) => this.#unreachable.tell(server, reason),
      failed: (where, what) => this.#statistics.note('warning', where, what),
      report: (severity, message) => this.#logger.log(severity, message),
    };
  }

  #leave(name: string, engine: Engine, within?: number): void {
    this.#frontends.delete(name);
    this.#leavingEngines.add(engine);
    engine.drain(within);
  }

  #engines(): readonly Engine[] {
    return [...[...this.#frontends.values()].map(({ engine }) => engine), ...this.#leavingEngines];
  }

  /** A client connection has returned its place. */
  #freed(): void {
    this.#binds.next();
    for (const engine of this.#leavingEngines) if (engine.connections === 0) this.#leavingEngines.delete(engine);
    if (this.#portsClosed && this.#total.value === 0) this.#drained.resolve();
  }
}
