import type { BalanceSpec } from '../../model/snapshot.ts';
import type { Candidate, Pick } from './algorithm.ts';
import { avalanche } from '../../sample/hash.ts';
import type { Ring } from './ring.ts';
import { createRing, nearestNode } from './ring.ts';
import { slotMap, turnsOver } from './slots.ts';

/** Where the servers of a backend are: on the slot map, or on the ring of `hash-type consistent`. */
type Places<C> = { readonly slots: readonly C[] } | Ring<C>;

export interface Lookup<C extends Candidate> {
  /** The server of a key. */
  readonly owner: Pick<C>;
  /** For requests without a key: the servers in turn, as their slots or their points on the ring follow each other. */
  readonly inTurn: Pick<C>;
}

export function createLookup<C extends Candidate>(usable: readonly C[], spec: BalanceSpec): Lookup<C> {
  const places: Places<C> = spec.hash === 'map-based' ? { slots: slotMap(usable) } : createRing(usable);
  return {
    owner: ownerIn(places, usable, spec),
    inTurn: turnsOver('slots' in places ? places.slots : places.owners),
  };
}

/**
 * Maps a key to its server, or to the next open one after it: `hash-type map-based` (default), or `consistent`. The key is mixed
 * once more with `avalanche`, which is the default of `consistent`.
 */
function ownerIn<C extends Candidate>(
  places: Places<C>,
  usable: readonly C[],
  { hash, hashFunction, avalanche: asked, factor = 0 }: BalanceSpec,
): Pick<C> {
  const mixes = asked ?? (hash === 'consistent' && hashFunction === undefined);
  const mixed = mixes ? avalanche : (key: number): number => key;
  if ('slots' in places) {
    const { slots } = places;
    return (open, key) => firstOpen(slots, mixed(key) % slots.length, open);
  }
  const { positions, owners } = places;
  if (factor === 0) return (open, key) => firstOpen(owners, nearestNode(positions, mixed(key)), open);
  const underShare = shares(usable, factor);
  return (open, key) => {
    const from = nearestNode(positions, mixed(key));
    underShare.count();
    return firstOpen(owners, from, (server) => open(server) && underShare.has(server)) ?? firstOpen(owners, from, open);
  };
}

/**
 * `hash-balance-factor`: which servers have less than their share of what all serve now, the next request included, times the
 * factor in percent. Rounded as HAProxy does, so that the shares of all add up and none is 0.
 */
function shares<C extends Candidate>(usable: readonly C[], factor: number): { count(): void; has(server: C): boolean } {
  const total = usable.reduce((sum, { share }) => sum + share, 0);
  const before = new Map<C, number>();
  usable.reduce((sum, server) => {
    before.set(server, sum);
    return sum + server.share;
  }, 0);
  let slots = 0;
  return {
    count() {
      let served = 1;
      for (const { current } of usable) served += current;
      slots = Math.floor((served * factor + 99) / 100);
    },
    has(server) {
      const { share, current } = server;
      const rest = slots % total;
      const start = before.get(server) ?? 0;
      const own =
        share * Math.floor(slots / total) +
        Math.floor(((start + share) * rest) / total) -
        Math.floor((start * rest) / total);
      return current < Math.max(1, own);
    },
  };
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
