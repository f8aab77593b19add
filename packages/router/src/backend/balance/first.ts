import type { Algorithm, Candidate, Chooser } from './algorithm.ts';

/** `balance first`: the first server that has a free slot, so that the last ones stay idle while load is low. */
export const first: Algorithm = {
  free: true,
  create<C extends Candidate>(usable: readonly C[]): Chooser<C> {
    return {
      choose(_facts, avoid) {
        let avoided: C | undefined;
        for (const server of usable) {
          if (server.full) continue;
          if (server !== avoid) return server;
          avoided = server;
        }
        return avoided;
      },
    };
  },
};
