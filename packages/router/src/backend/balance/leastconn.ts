import type { Algorithm, Candidate, Chooser } from './algorithm.ts';

/** `balance leastconn`: the lowest load for its weight, and round robin among equals. For long-lived connections. */
export const leastconn: Algorithm = {
  free: true,
  create<C extends Candidate>(usable: readonly C[]): Chooser<C> {
    const count = usable.length;
    let cursor = 0;
    return {
      choose(_facts, avoid) {
        let best: C | undefined;
        let bestAt = 0;
        let avoided: C | undefined;
        for (let step = 0; step < count; step++) {
          const at = (cursor + step) % count;
          const server = usable[at];
          if (server === undefined || server.full) continue;
          if (server === avoid) {
            avoided = server;
          } else if (best === undefined || server.load * best.weight < best.load * server.weight) {
            best = server;
            bestAt = at;
          }
        }
        if (best === undefined) return avoided;
        cursor = (bestAt + 1) % count;
        return best;
      },
    };
  },
};
