import { Budget, Turns } from '@headgate/shared/net/budget';

/** Milliseconds that the last page took to make. */
let took = 0;

/**
 * Our own pages are made one at a time, in the order they were asked for, and each waits for as long as the one before it took. The page
 * of a few hundred servers costs milliseconds: made as the requests come, those of a hundred connections would let everybody else wait
 * for all of them.
 */
const turns = new Turns({ most: 1, later: (next) => void setTimeout(next, took) });

/** Calls `make` when its turn has come. */
export function inPageTurn(make: () => void, of: Turns = turns): void {
  new Budget(
    1,
    () => {
      const begun = performance.now();
      make();
      took = performance.now() - begun;
    },
    of,
  ).pass();
}
