import type { ConnectionFacts } from '../model/facts.ts';
import type { ProcessVariable } from '../model/process-wide.ts';
import { noRequest } from '../sample/no-request.ts';
import type { Evaluation, Variables, World } from '../model/evaluation.ts';
import type { Typed } from '../model/values.ts';

/**
 * Variables by lifetime: `proc` lives as long as the process, `sess` as the connection, all others as the exchange. Names come from the
 * configuration, so a client can set values but cannot create variables.
 */
const held = new WeakMap<object, Map<string, Typed>>();

/** The variables visible to one exchange. */
export function variablesOf(exchange: Evaluation): Variables {
  const owner = (name: string): object =>
    name.startsWith('proc.') ? exchange.world : name.startsWith('sess.') ? exchange.connection : exchange;
  return {
    get: (name) => held.get(owner(name))?.get(name),
    set(name, value) {
      const key = owner(name);
      const before = held.get(key)?.get(name);
      store(key, name, value);
      if (key === exchange.world && (before?.value !== value.value || before.type !== value.type))
        exchange.world.changed?.(name, value);
    },
    unset(name) {
      const key = owner(name);
      const existed = held.get(key)?.delete(name) === true;
      if (existed && key === exchange.world) exchange.world.changed?.(name, undefined);
    },
  };
}

function store(owner: object, name: string, value: Typed): void {
  const values = held.get(owner);
  if (values === undefined) held.set(owner, new Map([[name, value]]));
  else values.set(name, value);
}

/** What a connection holds is held by what becomes of it: its facts change when a PROXY header has been read. */
export function handOver(from: object, to: object): void {
  const values = held.get(from);
  if (values !== undefined) held.set(to, values);
}

/** All of them, for another process. */
export function processVariables(world: World): readonly (readonly [name: string, value: Typed])[] {
  return [...(held.get(world) ?? [])];
}

/** Another process has given one this value, or none. */
export function followProcessVariable(world: World, name: string, value: Typed | undefined): void {
  if (value === undefined) held.get(world)?.delete(name);
  else store(world, name, value);
}

/** Sets the variables of the process that a configuration gives it: every process does. */
export function setProcessVariables(world: World, variables: readonly ProcessVariable[]): void {
  const on = evaluationOf(world);
  for (const { name, value } of variables) {
    const found = value(on);
    if (found !== undefined) store(world, name, found);
  }
}

/** What there is without a client. */
function evaluationOf(world: World, state?: Evaluation['state']): Evaluation {
  const nowhere = { address: '', port: 0 };
  const connection: ConnectionFacts = {
    peer: nowhere,
    local: nowhere,
    client: nowhere,
    destination: nowhere,
    proxied: false,
    tls: undefined,
  };
  const on: Evaluation = { connection, request: noRequest(connection), world, state };
  return { ...on, variables: variablesOf(on) };
}

/** What commands know of the variables of the process. */
export class ProcessVariables {
  readonly #world: () => World;
  readonly #state: () => Evaluation['state'];

  constructor(world: () => World, state: () => Evaluation['state']) {
    this.#world = world;
    this.#state = state;
  }

  get(name: string): Typed | undefined {
    return held.get(this.#world())?.get(name);
  }

  /** Gives one the value that it has now, until a reload whose configuration sets it: with workers the others hear of it. */
  set({ name, value }: ProcessVariable): void {
    const on = evaluationOf(this.#world(), this.#state());
    const found = value(on);
    if (found !== undefined) on.variables?.set(name, found);
  }
}
