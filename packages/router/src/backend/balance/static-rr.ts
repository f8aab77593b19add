import type { Algorithm, Candidate, Chooser } from './algorithm.ts';
import { hasRoom } from './algorithm.ts';
import { slotMap } from './slots.ts';

/** `balance static-rr`: round and round the slot map. */
export const staticRr: Algorithm = {
  free: true,
  create<C extends Candidate>(usable: readonly C[]): Chooser<C> {
    const slots = slotMap(usable);
    let cursor = 0;
    return {
      choose(_facts, avoid) {
        if (!usable.some(hasRoom)) return undefined;
        let avoided: C | undefined;
        for (let step = 0; step < slots.length; step++) {
          const server = slots[cursor];
          cursor = (cursor + 1) % slots.length;
          if (server === undefined || server.full) continue;
          if (server !== avoid) return server;
          avoided = server;
        }
        return avoided;
      },
    };
  },
};
