import { performance } from 'node:perf_hooks';
import type { CreateEngine, Engine } from '../engine/contract.ts';
import type { Hooks } from '../engine/http-proxy/hooks.ts';
import type { FrontendContext } from '../exchange/context.ts';
import type { FrontendCounters } from '../model/counters.ts';
import type { World } from '../model/evaluation.ts';
import type { Frontend, GlobalConfig, Snapshot } from '../model/snapshot.ts';
import { newFrontendCounters } from '../stats/counters.ts';
import { pacesOf, type Pace } from './arrival-rate.ts';
import type { Limit } from './connection-limit.ts';
import type { Service } from './listener.ts';
import { METRICS_PROXY } from '../model/service.ts';
import type { ServerState } from '../model/backend.ts';
import type { ArrivalRate } from './arrival-rate.ts';
import type { PlannedBind } from './binds.ts';
import { engines } from './engines.ts';
import { frontendContext, type SharedContext } from './frontend-context.ts';

export interface RunningFrontend {
  readonly name: string;
  readonly kind: Frontend['engine'];
  readonly engine: Engine;
  readonly limit: Limit;
  /** `rate-limit sessions`, if it has one. */
  readonly paces: readonly Pace[];
  readonly counters: FrontendCounters;
}

/** The frontends of the running router, each with its engine: matched by name from one configuration to the next. */
export class Frontends {
  readonly running = new Map<string, RunningFrontend>();
  /** Engines that are no longer configured, until their connections have ended. */
  readonly #leaving = new Set<Engine>();
  readonly #create: Partial<Record<Frontend['engine'], CreateEngine>> = {};
  readonly #hooks: Hooks;

  constructor(hooks: Hooks) {
    this.#hooks = hooks;
  }

  /** Those of earlier configurations too. */
  get engines(): readonly Engine[] {
    return [...[...this.running.values()].map(({ engine }) => engine), ...this.#leaving];
  }

  /** As they are configured now. */
  get configs(): readonly Frontend[] {
    return [...this.running.values()].map(({ engine }) => engine.context.config);
  }

  /** How many client connections each may have, by name. */
  get limits(): ReadonlyMap<string, Limit> {
    return new Map([...this.running.values()].map(({ name, limit }) => [name, limit]));
  }

  /** What serves the connections of an address. `total` and `rates`: the limits of the process. */
  serviceAt({ frontend, bind, limit: own, counters }: PlannedBind, total: Limit, rates: ArrivalRate): Service {
    const { engine, limit, paces } = this.running.get(frontend.name) as RunningFrontend;
    const door = {
      id: frontend.binds.indexOf(bind) + 1,
      name: bind.name,
      get connections() {
        return own.value;
      },
    };
    const common = { bind, engine, socket: frontend.socketStats ? counters : undefined, open: own, door };
    // Metrics must remain available when the router is full.
    if (frontend.name === METRICS_PROXY) return { ...common, limits: [limit, own], paces };
    return { ...common, limits: [total, limit, own], paces: [rates, ...paces] };
  }

  /** A server is at another address now. */
  moved(server: ServerState): void {
    for (const engine of this.engines) engine.moved(server);
  }

  /** Loads the engines that a configuration needs. */
  async prepare({ frontends }: Snapshot): Promise<void> {
    for (const { engine } of frontends) this.#create[engine] ??= await engines[engine](this.#hooks);
  }

  follow(
    { frontends, global }: Snapshot,
    backends: FrontendContext['backends'],
    shared: SharedContext,
    world: World,
  ): void {
    const next = frontends.map((config) => this.#follow(config, global, backends, shared, world));
    const names = new Set(frontends.map(({ name }) => name));
    for (const [name, { engine }] of this.running) if (!names.has(name)) this.#leave(name, engine, global.drainTimeout);
    for (const running of next) this.running.set(running.name, running);
  }

  /** Forgets engines that have served their last connection. */
  sweep(): void {
    for (const engine of this.#leaving) if (engine.connections === 0) this.#leaving.delete(engine);
  }

  #follow(
    config: Frontend,
    global: GlobalConfig,
    backends: FrontendContext['backends'],
    shared: SharedContext,
    world: World,
  ): RunningFrontend {
    const known = this.running.get(config.name);
    const limit = known?.limit ?? { value: 0, max: 0 };
    limit.max = config.maxconn;
    const counters = known?.counters ?? newFrontendCounters(performance.now());
    const context = frontendContext(shared, { config, global, backends, limit, counters, world });
    const paces = pacesOf(config.sessionRate, counters);
    if (known !== undefined && known.kind === config.engine) {
      known.engine.context = context;
      return { ...known, paces };
    }
    // Its tunnels go on: the frontend still exists.
    if (known !== undefined) this.#leave(config.name, known.engine);
    const create = this.#create[config.engine] as CreateEngine;
    return { name: config.name, kind: config.engine, engine: create(context), limit, paces, counters };
  }

  #leave(name: string, engine: Engine, within?: number): void {
    this.running.delete(name);
    this.#leaving.add(engine);
    engine.drain(within);
  }
}
