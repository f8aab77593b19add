import type { Logger } from '@headgate/shared/log/logger';
import { CannotApply } from '@headgate/shared/process/cannot-apply';
import { explainFailure } from '@headgate/shared/process/start-failure';
import type { BindCounters } from '../model/counters.ts';
import type { Bind, Frontend } from '../model/snapshot.ts';
import type { Limit } from './connection-limit.ts';
import type { Gates } from './gates.ts';
import { newBindCounters } from '../stats/counters.ts';
import { addressKey, Listener, type Service } from './listener.ts';

/** An address that could not be bound: the configuration that asked for it was not applied. */
export interface Unbound {
  readonly frontend: string;
  readonly bind: Bind;
  readonly error: Error;
}

/** A configuration could not be applied; the previous one stays in effect. */
export class NotApplied extends CannotApply {
  override readonly name = 'NotApplied';
  readonly unbound: readonly Unbound[];

  constructor(unbound: readonly Unbound[]) {
    super(
      unbound.map(({ bind, error }) => ({ severity: 'error', at: bind.at, message: explainFailure(error) })),
      unbound.map(({ frontend, error }) => `frontend ${frontend}: ${error.message}`).join('; '),
    );
    this.unbound = unbound;
  }
}

/** A bind of a configuration that is about to be applied. */
export interface PlannedBind {
  readonly frontend: Frontend;
  readonly bind: Bind;
  readonly key: string;
  readonly listener: Listener;
  /** Connections accepted on this address. */
  readonly limit: Limit;
  readonly counters: BindCounters;
  /** The address is already bound. */
  readonly known: boolean;
}

/** A bound address: what came by it is counted for as long as it is bound, or its frontend closed. */
export type Bound = Pick<PlannedBind, 'frontend' | 'bind' | 'listener' | 'limit' | 'counters'>;

/** The router's addresses: those of the current configuration, and removed ones whose last connections are not served yet. */
export class Binds {
  readonly #logger: Pick<Logger, 'log'>;
  readonly #places: Limit;
  readonly #freed: () => void;
  #bound = new Map<string, Bound>();
  /** Those of frontends that an operator has closed: their connections go on, and the statistics show them, as in HAProxy. */
  #closed = new Map<string, Bound>();
  readonly #leaving = new Set<Listener>();

  /** `places` limits waiting connections. `freed` is called when a connection has returned its places. */
  constructor(logger: Pick<Logger, 'log'>, places: Limit, freed: () => void) {
    this.#logger = logger;
    this.#places = places;
    this.#freed = freed;
  }

  /** The addresses of the current configuration, in file order. */
  get bound(): readonly Bound[] {
    return [...this.#bound.values()];
  }

  /** Those, and those of closed frontends. */
  get counted(): readonly Bound[] {
    return [...this.#bound.values(), ...this.#closed.values()];
  }

  /** In file order. */
  get addresses(): readonly string[] {
    return [...this.#bound.values()].map(({ listener }) => listener.name);
  }

  /** Binds the addresses of these frontends that are not bound yet; all of them or, rejecting with NotApplied, none. */
  async plan(frontends: readonly Frontend[]): Promise<readonly PlannedBind[]> {
    const plan = frontends.flatMap((frontend) =>
      frontend.binds.map((one, index) => this.#planned(frontend, numbered(one, index))),
    );
    const unbound: Unbound[] = [];
    await Promise.all(
      plan.map(async ({ frontend, bind, listener, known }) => {
        try {
          if (!known) await listener.listen();
        } catch (error) {
          const why = error instanceof Error ? error : new Error(String(error));
          unbound.push({ frontend: frontend.name, bind, error: why });
        }
      }),
    );
    if (unbound.length === 0) return plan;
    this.forget(plan);
    throw new NotApplied(unbound);
  }

  /** Discards a plan. */
  forget(plan: readonly PlannedBind[]): void {
    for (const { listener, known } of plan) if (!known) listener.stop();
  }

  /** Serves the binds of a plan, each as `serviceOf` returns, and gives up all others. `gates`: those of closed frontends are kept. */
  follow(plan: readonly PlannedBind[], serviceOf: (planned: PlannedBind) => Service, gates: Pick<Gates, 'of'>): void {
    const before = this.#bound;
    this.#bound = new Map();
    const known = [...this.#closed, ...before];
    this.#closed = new Map(known.filter(([, { frontend }]) => gates.of(frontend.name) !== 'open'));
    for (const planned of plan) {
      const { frontend, bind, key, listener, limit, counters, known } = planned;
      limit.max = bind.maxconn;
      listener.follow(serviceOf(planned));
      this.#bound.set(key, { frontend, bind, listener, limit, counters });
      before.delete(key);
      if (known && unlike(listener.bind, bind))
        this.#logger.log(
          'notice',
          `frontend ${frontend.name}: 'backlog', 'shards' and 'mode' of ${listener.name} stay as they were bound`,
        );
    }
    for (const { listener } of before.values()) {
      this.#leaving.add(listener);
      void listener.drain().then(this.#freed);
    }
  }

  /** Admits as many as there are free places. */
  next(): void {
    for (const { listener } of this.#bound.values()) listener.next();
    for (const listener of this.#leaving) {
      listener.next();
      if (listener.gone) this.#leaving.delete(listener);
    }
  }

  /**
   * Stops accepting, after the connections already established. `handedOver`: another process accepts those, but not those of a private
   * socket between the halves, which each version has for itself.
   */
  async drain(handedOver: boolean): Promise<void> {
    const drain = ({ listener, bind }: Bound): Promise<void> => listener.drain(handedOver && bind.tls === undefined);
    await Promise.all([...this.#bound.values()].map(drain));
  }

  /** Stops accepting, and closes connections that are not served yet. */
  stop(): void {
    for (const { listener } of this.#bound.values()) listener.stop();
    for (const listener of this.#leaving) listener.stop();
  }

  #planned(frontend: Frontend, bind: Bind): PlannedBind {
    const key = addressKey(frontend.name, bind);
    const bound = this.#bound.get(key);
    if (bound !== undefined) return { ...bound, frontend, bind, key, known: true };
    const report = (severity: 'err', message: string): void => this.#logger.log(severity, message);
    const listener = new Listener(bind, key, this.#places, this.#freed, report);
    const { limit = { value: 0, max: bind.maxconn }, counters = newBindCounters() } = this.#closed.get(key) ?? {};
    return { frontend, bind, key, listener, limit, counters, known: false };
  }
}

/** The properties that cannot be changed once a socket is bound. */
function unlike(one: Bind, other: Bind): boolean {
  const fixed = ({ address, backlog, shards }: Bind): string => JSON.stringify([address, backlog, shards]);
  return fixed(one) !== fixed(other);
}

/** As in HAProxy, a bind without a name is named by its number in the frontend. */
function numbered(bind: Bind, index: number): Bind {
  return bind.name === '' ? { ...bind, name: String(index + 1) } : bind;
}
