import type { BalanceSpec } from '../../model/snapshot.ts';
import type { Candidate, Pick } from './algorithm.ts';
import { avalanche } from '../../sample/hash.ts';
import { createRing, nearestNode } from './ring.ts';
import { slotMap } from './slots.ts';

/**
 * Maps a key to its server, or to the next open one after it: `hash-type map-based` (default), or `consistent`,
 * which mixes the key once more.
 */
export function createLookup<C extends Candidate>(usable: readonly C[], hashType: BalanceSpec['hash']): Pick<C> {
  if (hashType === 'map-based') {
    const slots = slotMap(usable);
    return (open, key) => firstOpen(slots, key % slots.length, open);
  }
  const { positions, owners } = createRing(usable);
  return (open, key) => firstOpen(owners, nearestNode(positions, avalanche(key)), open);
}

function firstOpen<C extends Candidate>(
  owners: readonly C[],
  from: number,
  open: (server: C) => boolean,
): C | undefined {
  for (let step = 0; step < owners.length; step++) {
    const owner = owners[(from + step) % owners.length];
    if (owner !== undefined && open(owner)) return owner;
  }
  return undefined;
}
