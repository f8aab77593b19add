import type { Candidate, FreeAlgorithm, Pick } from './algorithm.ts';

/** `balance static-rr`: cycles through the slot map. */
export const staticRr: FreeAlgorithm = {
  free: true,
  syntax: { form: 'static-rr' },
  create: (usable) => turnsOver(slotMap(usable)),
};

/** The servers of a list in its order, again and again. */
export function turnsOver<C extends Candidate>(slots: readonly C[]): Pick<C> {
  let cursor = 0;
  return (open) => {
    for (let step = 0; step < slots.length; step++) {
      const server = slots[cursor];
      cursor = (cursor + 1) % slots.length;
      if (server !== undefined && open(server)) return server;
    }
    return undefined;
  };
}

/**
 * The slot map of `static-rr` and of `hash-type map-based`: each server holds as many slots as its weight,
 * divided by the greatest common divisor of all weights, spread over the map as evenly as whole slots allow.
 */
export function slotMap<C extends Candidate>(usable: readonly C[]): readonly C[] {
  const divisor = usable.reduce((common, server) => gcd(common, server.weight), 0);
  const entries = usable.map((server) => ({ server, weight: server.weight / divisor, score: 0 }));
  const total = entries.reduce((sum, entry) => sum + entry.weight, 0);
  return Array.from({ length: total }, () => {
    for (const entry of entries) entry.score += entry.weight;
    const best = entries.reduce((winner, entry) => (turns(entry.score) > turns(winner.score) ? entry : winner));
    best.score -= total;
    return best.server;
  });

  function turns(score: number): number {
    return Math.floor((score + total) / total);
  }
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
