import type { Candidate, Setup } from './algorithm.ts';
import { avalanche } from '../../sample/hash.ts';
import { createRing, nearestNode } from './ring.ts';
import { slotMap } from './slots.ts';

/** From a hash to a server; from the hash to the next other server when it hits `avoid`. */
export type Lookup<C> = (hash: number, avoid: object | undefined) => C | undefined;

/** `hash-type map-based` (default) or `consistent`, which mixes the hash once more. */
export function createLookup<C extends Candidate>(usable: readonly C[], hashType: Setup['hash']): Lookup<C> {
  if (hashType === 'map-based') {
    const slots = slotMap(usable);
    return (hash, avoid) => firstOther(slots, hash % slots.length, avoid);
  }
  const { positions, owners } = createRing(usable);
  return (hash, avoid) => firstOther(owners, nearestNode(positions, avalanche(hash)), avoid);
}

function firstOther<C extends Candidate>(owners: readonly C[], from: number, avoid: object | undefined): C | undefined {
  const chosen = owners[from];
  if (chosen !== avoid) return chosen;
  for (let step = 1; step < owners.length; step++) {
    const other = owners[(from + step) % owners.length];
    if (other !== avoid) return other;
  }
  return chosen;
}
