import type { Candidate } from './algorithm.ts';
import { avalanche } from '../../sample/hash.ts';

const NODES_PER_WEIGHT = 16;
const NODES_PER_SERVER = 256 * NODES_PER_WEIGHT;

/** The ring of `hash-type consistent`: nodes sorted by position; `owners[i]` owns the node at `positions[i]`. */
export interface Ring<C> {
  readonly positions: Uint32Array;
  readonly owners: readonly C[];
}

/** More servers than a backend can have; a 32-bit position times this is still a safe integer. */
const SERVERS = 2 ** 20;

/** A node is one number, position then server: plain numbers sort fast, and a ring may have many thousands of nodes. */
export function createRing<C extends Candidate>(usable: readonly C[]): Ring<C> {
  const nodes = new Float64Array(usable.reduce((sum, server) => sum + server.share, 0));
  let count = 0;
  for (const [index, server] of usable.entries()) {
    for (let node = 0; node < server.share; node++) {
      nodes[count++] = avalanche((server.ringKey ?? server.id * NODES_PER_SERVER) + node) * SERVERS + index;
    }
  }
  nodes.sort();
  return {
    positions: Uint32Array.from(nodes, (node) => Math.floor(node / SERVERS)),
    owners: Array.from(nodes, (node) => usable[node % SERVERS]).filter((server) => server !== undefined),
  };
}

/** Index of the node nearest to a key: the first at or after it, or the one before if that is not farther. */
export function nearestNode(positions: Uint32Array, key: number): number {
  const count = positions.length;
  const after = firstAtOrAfter(positions, key) % count;
  const before = (after + count - 1) % count;
  const ahead = ((positions[after] ?? 0) - key) >>> 0;
  const behind = (key - (positions[before] ?? 0)) >>> 0;
  return behind <= ahead ? before : after;
}

function firstAtOrAfter(positions: Uint32Array, key: number): number {
  let low = 0;
  let high = positions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((positions[middle] ?? 0) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
