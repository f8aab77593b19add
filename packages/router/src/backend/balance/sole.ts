import type { Candidate, Chooser } from './algorithm.ts';

/** With one usable server there is nothing to hash: it is the choice, full or not. */
export function sole<C extends Candidate>(usable: readonly C[]): Chooser<C> | undefined {
  const only = usable[0];
  return usable.length === 1 && only !== undefined ? { choose: () => only } : undefined;
}
