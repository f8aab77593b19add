import type { Evaluation, Variables } from '../model/evaluation.ts';
import type { Typed } from '../model/values.ts';

/**
 * Variables by what they live as long as: `proc` the process, `sess` the connection, all others the exchange. Names come from the
 * configuration, so a client can make values but no more of them than were written there.
 */
const held = new WeakMap<object, Map<string, Typed>>();

/** The variables that one exchange sees. */
export function variablesOf(exchange: Evaluation): Variables {
  const owner = (name: string): object =>
    name.startsWith('proc.') ? exchange.world : name.startsWith('sess.') ? exchange.connection : exchange;
  return {
    get: (name) => held.get(owner(name))?.get(name),
    set(name, value) {
      const key = owner(name);
      const values = held.get(key);
      if (values === undefined) held.set(key, new Map([[name, value]]));
      else values.set(name, value);
    },
    unset: (name) => void held.get(owner(name))?.delete(name),
  };
}
