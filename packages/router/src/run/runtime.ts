import { performance } from 'node:perf_hooks';
import { hostname } from 'node:os';
import { Destinations } from '@headgate/shared/log/destinations';
import type { Logger, Severity } from '@headgate/shared/log/logger';
import { soon } from '@headgate/shared/process/exit';
import type { Crew, Reloadable } from '@headgate/shared/process/product';
import { StartFailure } from '@headgate/shared/process/start-failure';
import { PasswordChecks } from '../auth/checks.ts';
import type { BackendRuntime } from '../backend/runtime.ts';
import type { ServerRuntime } from '../backend/server.ts';
import { Checks } from '../checks/run.ts';
import { explainShortage } from '../config/descriptors.ts';
import type { Server, Snapshot } from '../model/snapshot.ts';
import { LiveLists } from './live-lists.ts';
import type { Hooks } from '../engine/http-proxy/hooks.ts';
import { stateOfProcess } from '../exchange/state.ts';
import { ProcessVariables, setProcessVariables, variablesOf } from '../exchange/variables.ts';
import { destinationsOf } from '../log/destinations-of.ts';
import { watchLosses } from '../log/losses.ts';
import type { World } from '../model/evaluation.ts';
import type { CheckResult, Observation, ServerState } from '../model/backend.ts';
import type { OpenSession } from '../engine/open-session.ts';
import type { OpenTunnel } from '../engine/tunnels.ts';
import type { StickTable } from '../tables/stick-table.ts';
import type { InvalidMessages } from '../stats/invalid-messages.ts';
import type { StatsView } from '../stats/view.ts';
import { ArrivalRate } from './arrival-rate.ts';
import { asOperated } from './as-operated.ts';
import { Backends } from './backends.ts';
import { Binds, type PlannedBind } from './binds.ts';
import type { Limit } from './connection-limit.ts';
import { Deployments, textOf } from './deployments.ts';
import type { SharedContext } from './frontend-context.ts';
import { Frontends } from './frontends.ts';
import { Gates, type Gate } from './gates.ts';
import { askedBy } from './page-request.ts';
import { Sharing } from './sharing.ts';
import { Statistics } from './statistics.ts';
import { TableStore } from './tables.ts';
import { after } from './timer.ts';
import { Names } from './names.ts';
import { systemWorld } from './system-world.ts';
import { Unreachable } from './unreachable.ts';

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
  readonly #crew: Crew | undefined;
  readonly #sharing: Sharing | undefined;
  readonly #destinations = new Destinations();
  readonly #logs = { destinations: this.#destinations, pid: process.pid, hostname: hostname() };
  readonly #backends: Backends;
  readonly #frontends: Frontends;
  /** Client connections of the process, and those waiting for a place. */
  readonly #total: Limit = { value: 0, max: 0 };
  readonly #waiting: Limit = { value: 0, max: 0 };
  readonly #binds: Binds;
  readonly #gates = new Gates();
  readonly deployments = new Deployments();
  /** Limits of new connections and sessions per second. */
  readonly rates: ArrivalRate;
  readonly #shared: SharedContext;
  readonly #statistics: Statistics;
  readonly #checks = new Checks({
    now: () => performance.now(),
    after,
    random: Math.random,
    facts: () => ({ world: this.#theWorld, variables: variablesOf }),
  });
  readonly #names: Names;
  readonly #unreachable: Unreachable;
  readonly #passwords: PasswordChecks;
  readonly #tables = new TableStore(() => performance.now());
  readonly #losses: { end(): void };
  /** One for the lifetime of the process, across configurations: it holds the variables of scope `proc`. */
  #world: World | undefined;
  /** Those of scope `proc`. */
  readonly variables = new ProcessVariables(
    () => this.#theWorld,
    () => stateOfProcess(this.backends, this.#sharing?.others),
  );
  #applying: Promise<void> = Promise.resolve();
  readonly #lists = new LiveLists();
  #state: 'running' | 'draining' | 'closed' = 'running';
  #portsClosed = false;
  #spread: readonly [number, number] = [0, 0];
  readonly #drained = Promise.withResolvers<void>();

  /** `hooks` are for frontends with `engine http-proxy`; `crew`: the other processes, with workers. */
  constructor(logger: Logger, hooks: Hooks = {}, crew?: Crew) {
    this.#crew = crew;
    const worker = crew !== undefined && crew.number > 0;
    this.#frontends = new Frontends(hooks);
    this.#passwords = new PasswordChecks((message) => logger.log('err', message));
    const report = (severity: Severity, name: string, message: string): void => {
      logger.log(severity, message);
      this.#statistics.note(severity, name, message);
    };
    const tell = worker
      ? (server: string, seen: Observation): void => this.#sharing?.observed(server, seen)
      : undefined;
    this.#backends = new Backends(this.#logs, report, (server) => this.#frontends.moved(server), tell);
    const warn = (message: string): void => logger.log('warning', message);
    this.#names = new Names(warn, worker);
    this.#binds = new Binds(logger, this.#waiting, () => this.#freed());
    this.#statistics = new Statistics({
      frontends: this.#frontends.running,
      backends: () => this.backends,
      binds: this.#binds,
      total: this.#total,
      waiting: this.#waiting,
      destinations: this.#destinations,
      stopping: () => this.#state !== 'running',
      gate: (name) => this.#gates.of(name),
      tables: () => this.tables,
      rates: () => ({ connections: this.rates.connections.max, sessions: this.rates.sessions.max }),
      workers: crew?.workers ?? 1,
      follows: worker,
    });
    this.rates = new ArrivalRate(this.#statistics.process.counters);
    if (crew !== undefined)
      this.#sharing = new Sharing({
        crew,
        backends: this.#backends,
        tables: this.#tables,
        deployments: this.deployments,
        lists: this.#lists,
        world: this.#theWorld,
        loads: () => this.#statistics.loads(),
        counts: () => this.#statistics.counts,
        counted: (number, counts) => this.#statistics.counted(number, counts),
        clear: (all) => this.#statistics.clear(all),
        page: (request) => this.#statistics.services.answerAsked(request.service, askedBy(request), request.body),
      });
    this.#losses = watchLosses(this.#destinations, logger, after);
    this.#unreachable = new Unreachable(warn, after);
    this.#shared = {
      logger,
      logs: this.#logs,
      passwords: this.#passwords,
      tables: this.#tables,
      total: this.#total,
      statistics: this.#statistics,
      unreachable: this.#unreachable,
      names: this.#names,
      others: this.#sharing?.others,
      serve: (service, on, body) =>
        this.#sharing?.follows === true
          ? this.#sharing.page(service, on, body)
          : this.#statistics.services.answer(service, on, body),
    };
  }

  get addresses(): readonly string[] {
    return this.#binds.addresses;
  }

  get invalid(): InvalidMessages {
    return this.#statistics.invalid;
  }

  get stats(): StatsView | undefined {
    return this.#statistics.view;
  }

  /** With workers. */
  get sharing(): Sharing | undefined {
    return this.#sharing;
  }

  clearCounters(all: boolean): void {
    this.#statistics.clear(all);
    if (this.#sharing?.follows === false) this.#sharing.clear(all);
  }

  get tunnels(): readonly OpenTunnel[] {
    return this.#frontends.engines.flatMap(({ tunnels }) => tunnels.all);
  }

  /** What is served now, by frontends of earlier configurations too. */
  get sessions(): readonly OpenSession[] {
    return this.#frontends.engines.flatMap(({ sessions }) => sessions);
  }

  gateOf(frontend: string): Gate {
    return this.#gates.of(frontend);
  }

  /** Opens or closes the addresses of a frontend, until the next reload. Rejects when they cannot be bound again. */
  setGate(frontend: string, gate: Gate): Promise<void> {
    return this.#next(async () => {
      const before = this.#gates.of(frontend);
      this.#gates.set(frontend, gate);
      try {
        this.#followBinds(await this.#binds.plan(this.#gates.listening(this.#frontends.configs)));
      } catch (error) {
        this.#gates.set(frontend, before);
        throw error;
      }
    });
  }

  get tables(): ReadonlyMap<string, StickTable> {
    return this.#tables.all ?? new Map();
  }

  /** Limits of client connections, which can be changed until the next configuration: the process's, and those of frontends by name. */
  get limits(): { readonly process: Limit; readonly frontends: ReadonlyMap<string, Limit> } {
    return { process: this.#total, frontends: this.#frontends.limits };
  }

  admit(): void {
    this.#binds.next();
  }

  /** Gives a backend other servers until the next configuration; those that stay keep their states. */
  changeServers(backend: BackendRuntime, servers: readonly Server[]): void {
    this.#serversChanged(backend.follow({ ...backend.config, servers }));
  }

  /** Checks a server once as it would be with these settings. */
  tryServer(backend: BackendRuntime, server: ServerRuntime, config: Server): Promise<CheckResult> {
    return this.#checks.try(backend, server, config);
  }

  /** Moves a server: new work goes to the new address, and what the old one has ends within this time. */
  deploy(backend: BackendRuntime, server: ServerRuntime, address: Server['address'], within: number): void {
    const servers = backend.config.servers.map((one) =>
      one.name === server.config.name ? { ...one, address, names: undefined } : one,
    );
    const retired = backend.follow({ ...backend.config, servers });
    this.deployments.note(server.key, server, address);
    this.#backends.note(
      backend.config.name,
      'notice',
      `Server ${server.key} was deployed to ${textOf(address)}, from ${textOf(server.config.address)}.`,
    );
    this.#serversChanged(retired, within);
  }

  get resolvers(): Names['resolvers'] {
    return this.#names.resolvers;
  }

  get backends(): ReadonlyMap<string, BackendRuntime> {
    return this.#backends.all;
  }

  /**
   * Puts a configuration into effect. Rejects with `NotApplied`, having changed nothing, when an address cannot be bound. Calls
   * are carried out one after the other. `renewed`: only files that the configuration names have changed, so what operators
   * have changed meanwhile (servers, limits, closed frontends) stays.
   */
  apply(snapshot: Snapshot, renewed = false): Promise<void> {
    const applied = this.#next(() => this.#apply(snapshot, renewed));
    applied.catch(() => this.#statistics.process.refused());
    return applied;
  }

  handOn(starting: boolean): unknown {
    return this.#sharing?.handOn(starting);
  }

  takeOver(handed: unknown): void {
    this.#sharing?.takeOver(handed);
  }

  #next(work: () => Promise<void>): Promise<void> {
    const done = this.#applying.then(work);
    this.#applying = done.catch(() => undefined);
    return done;
  }

  async drain(within?: number, handedOver = false): Promise<void> {
    if (this.#state === 'running') this.#state = 'draining';
    await this.#applying;
    // Before the ports close: responses announce the close of their connection, and new connections are served once.
    // What is left of a deadline is for the last words of tunnels.
    const tunnels = within === undefined ? undefined : within * 0.9;
    for (const engine of this.#frontends.engines) engine.drain(tunnels, handedOver);
    await this.#binds.drain(handedOver);
    this.#portsClosed = true;
    // What is open has its server, and may outlive many changes of the others.
    this.#checks.stop();
    this.#names.serversChanged([]);
    // Those of a primary are the sums of its workers'.
    if (this.#total.value > 0 && this.#sharing?.follows !== false) await this.#drained.promise;
    // A log receiver that stopped reading must not delay shutdown.
    await soon(this.#destinations.flush());
  }

  async close(): Promise<void> {
    this.#state = 'closed';
    await this.#applying;
    this.#binds.stop();
    for (const engine of this.#frontends.engines) engine.close();
    for (const part of [this.#checks, this.#names, this.#backends]) part.stop();
    this.#passwords.close();
    this.#statistics.services.stop();
    this.#tables.stop();
    this.#sharing?.stop();
    this.#losses.end();
    await this.#destinations.flush();
    this.#destinations.close();
  }

  async #apply(whole: Snapshot, renewed: boolean): Promise<void> {
    const given = this.#sharing?.ownPart(whole) ?? whole;
    const snapshot = renewed
      ? asOperated(given, this.backends, { ...this.limits, rates: this.rates })
      : this.deployments.keep(given);
    const shortage = explainShortage(snapshot.global.connections);
    if (shortage !== undefined) throw new StartFailure(shortage);
    await this.#frontends.prepare(snapshot);
    const first = await this.#names.first(snapshot, this.backends);
    const wanted = renewed ? this.#gates.listening(snapshot.frontends) : snapshot.frontends;
    const plan = await this.#binds.plan(wanted);
    if (this.#state !== 'running') {
      this.#binds.forget(plan);
      throw new Error('the router stops: no configuration is applied any more');
    }
    if (!renewed) this.#reloading(given);
    this.#lists.follow(given, renewed);
    this.#swap(snapshot, plan, first);
    await this.#sharing?.catchUp();
  }

  /** In a worker: its part of a limit. */
  partOf(limit: number): number {
    return this.#sharing?.partOf(limit) ?? limit;
  }

  /** What operators changed is over, except where servers were deployed. */
  #reloading(loaded: Snapshot): void {
    this.#gates.clear();
    this.#sharing?.forgetCommands();
    const warnings = this.deployments.settle(loaded);
    if (this.#sharing?.follows === true) return;
    for (const warning of warnings) this.#shared.logger.log('warning', warning);
  }

  /** The one step: nothing in it waits or fails. */
  #swap(snapshot: Snapshot, plan: readonly PlannedBind[], first: Awaited<ReturnType<Names['first']>>): void {
    const { global } = snapshot;
    this.#total.max = global.maxconn;
    this.rates.follow(global.rates);
    this.#waiting.max = global.connections.waiting;
    setProcessVariables(this.#theWorld, global.variables);
    this.#tables.follow(snapshot.tables);
    const retired = this.#backends.follow(snapshot.backends);
    this.#sharing?.followTables();
    this.#names.begin(first, snapshot.resolvers, [...this.backends.values()]);
    this.#sharing?.followServers();
    this.#frontends.follow(snapshot, this.backends, this.#shared, this.#theWorld);
    this.#followBinds(plan);
    this.#spread = [global.spreadChecks, global.maxSpreadChecks];
    this.#serversChanged(retired);
    void this.#destinations.retain(destinationsOf(snapshot));
    this.#binds.next();
    this.#statistics.follow(snapshot);
    this.#sharing?.followValues(global.readsLoad);
  }

  #followBinds(plan: readonly PlannedBind[]): void {
    this.#binds.follow(plan, (bound) => this.#frontends.serviceAt(bound, this.#total, this.rates), this.#gates);
  }

  #serversChanged(retired: readonly ServerState[], within?: number): void {
    const backends = [...this.backends.values()];
    for (const engine of this.#frontends.engines) for (const server of retired) engine.retire(server, within);
    if (this.#sharing?.follows !== true) this.#checks.follow(backends, ...this.#spread);
    this.#names.serversChanged(backends);
    this.#unreachable.keep(new Set(backends.flatMap(({ servers }) => servers.map(({ key }) => key))));
  }

  get #theWorld(): World {
    const { number = 1, workers = 1 } = this.#crew ?? {};
    return (this.#world ??= {
      ...systemWorld(workers, number),
      stopping: () => this.#state !== 'running',
      changed: (name, value) => this.#sharing?.variableChanged(name, value),
    });
  }

  #freed(): void {
    this.#binds.next();
    this.#frontends.sweep();
    if (this.#portsClosed && this.#total.value === 0) this.#drained.resolve();
  }
}
