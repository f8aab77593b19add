import type { Contender } from '../contender.ts';

/** No program: the load goes straight to the origin. What load and origin reach on their core, no contender exceeds. */
export const direct: Contender = {
  title: 'nothing between load and origin',
  needs: [],
  compiles: false,
  tls: false,
  parts: () => [],
};
