import type { LogTarget, Snapshot } from '../model/snapshot.ts';

/** All log targets in use. */
export function destinationsOf({ frontends, backends }: Snapshot): readonly LogTarget['transport'][] {
  return [...frontends, ...backends.values()].flatMap(({ log }) => log.map(({ transport }) => transport));
}
