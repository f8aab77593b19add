import type { Contender } from '../contender.ts';

/** No program: the load goes directly to the origin. No contender can exceed what load and origin achieve on their core. */
export const direct: Contender = {
  title: 'nothing between load and origin',
  needs: [],
  compiles: false,
  tls: false,
  parts: () => [],
};
