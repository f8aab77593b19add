import type { Backend, Frontend } from '../model/snapshot.ts';
import type { Holders } from './descriptors.ts';

/** What holds descriptors in a configuration. */
export function holders(frontends: readonly Frontend[], backends: readonly Backend[]): Holders {
  const logs = new Set(
    [...frontends, ...backends].flatMap(({ log }) => log.map((target) => JSON.stringify(target.transport))),
  );
  return {
    listening: frontends.flatMap(({ binds }) => binds).reduce((sum, { shards }) => sum + shards, 0),
    checks: backends.flatMap(({ servers }) => servers).filter(({ check }) => check !== undefined).length,
    logs: logs.size,
  };
}
