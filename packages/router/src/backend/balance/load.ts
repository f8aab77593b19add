/** The algorithms that depend on the load of the servers. */
import type { Candidate, FreeAlgorithm, Pick, Setup } from './algorithm.ts';

/** `balance first`: the first server with a free slot, so that the last ones stay idle while load is low. */
export const first: FreeAlgorithm = {
  free: true,
  syntax: { form: 'first' },
  create<C extends Candidate>(usable: readonly C[]): Pick<C> {
    return (open) => usable.find(open);
  },
};

/**
 * `balance leastconn`: the lowest load for its weight; among equals the one whose load changed longest ago, whoever sent it the requests:
 * a cookie does too. For long-lived connections.
 */
export const leastconn: FreeAlgorithm = {
  free: true,
  syntax: { form: 'leastconn' },
  create<C extends Candidate>(usable: readonly C[]): Pick<C> {
    return (open) => {
      let best: C | undefined;
      let least = Infinity;
      for (const server of usable) {
        if (!open(server)) continue;
        const load = loadOf(server);
        if (load > least || (load === least && best !== undefined && server.lastChange >= best.lastChange)) continue;
        best = server;
        least = load;
      }
      return best;
    };
  },
};

const DEFAULT_DRAWS = 2;
/** The share of the largest weight, 256. */
const LARGEST_SHARE = 4096;

/** `balance random[(draws)]`: the least loaded of a few drawn at random, heavier servers being drawn more often. */
export const random: FreeAlgorithm = {
  free: true,
  syntax: {
    form: 'random[(N)]',
    argument: (draws) =>
      draws === undefined || draws === '' || /^[1-9]\d{0,4}$/.test(draws)
        ? undefined
        : "'balance random' takes a number of draws in brackets: random(2)",
  },
  create<C extends Candidate>(usable: readonly C[], { args, random: draw }: Setup): Pick<C> {
    const draws = Number(args[0] ?? '') || DEFAULT_DRAWS;
    return (open) => {
      let total = 0;
      for (const server of usable) if (open(server)) total += server.share;
      let best: C | undefined;
      for (let i = 0; i < draws; i++) {
        const server = drawn(usable, draw() * total, open);
        if (server !== undefined && isIdler(server, best)) best = server;
      }
      return best;
    };
  },
};

/** HAProxy's measure: with one more request, in whole parts of a weight; nothing for an idle server, which is always taken first. */
function loadOf({ load, share }: Candidate): number {
  return load === 0 ? 0 : Math.floor(((load + 1) * LARGEST_SHARE) / share);
}

/** Whether a server has less to do for its weight than the best so far. */
function isIdler(server: Candidate, best: Candidate | undefined): boolean {
  return best === undefined || server.load * best.share < best.load * server.share;
}

/** The open server that covers `point` when they are laid side by side, each as wide as its weight. */
function drawn<C extends Candidate>(usable: readonly C[], point: number, open: (server: C) => boolean): C | undefined {
  let last: C | undefined;
  let end = 0;
  for (const server of usable) {
    if (!open(server)) continue;
    last = server;
    end += server.share;
    if (point < end) return server;
  }
  return last;
}
