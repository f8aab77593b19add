import type { Algorithm, Candidate, Chooser } from './algorithm.ts';

const DEFAULT_DRAWS = 2;

/** `balance random[(draws)]`: the least loaded of a few drawn at random, heavier servers being drawn more often. */
export const random: Algorithm = {
  free: true,
  create<C extends Candidate>(
    usable: readonly C[],
    { args, random: draw }: { args: readonly string[]; random: () => number },
  ): Chooser<C> {
    const draws = args[0] === undefined ? DEFAULT_DRAWS : Number(args[0]);
    return {
      choose(_facts, avoid) {
        const others = openWeight(usable, avoid);
        const excluded = others === 0 ? undefined : avoid;
        const total = others === 0 ? openWeight(usable, undefined) : others;
        let best: C | undefined;
        for (let i = 0; i < draws; i++) {
          const server = drawn(usable, draw() * total, excluded);
          if (server === undefined) return undefined;
          if (best === undefined || server.load * best.weight < best.load * server.weight) best = server;
        }
        return best;
      },
    };
  },
};

function openWeight(usable: readonly Candidate[], excluded: object | undefined): number {
  let sum = 0;
  for (const server of usable) if (!server.full && server !== excluded) sum += server.weight;
  return sum;
}

/** The open server that covers `point` when they are laid side by side, each as wide as its weight. */
function drawn<C extends Candidate>(usable: readonly C[], point: number, excluded: object | undefined): C | undefined {
  let last: C | undefined;
  let end = 0;
  for (const server of usable) {
    if (server.full || server === excluded) continue;
    last = server;
    end += server.weight;
    if (point < end) return server;
  }
  return last;
}
