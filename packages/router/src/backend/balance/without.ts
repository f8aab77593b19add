import type { Candidate, Chooser, Setup } from './algorithm.ts';
import { roundrobin } from './roundrobin.ts';
import { staticRr } from './static-rr.ts';

/** How requests without the hashed header or parameter are spread: in turn, over the slot map if there is one. */
export function without<C extends Candidate>(usable: readonly C[], setup: Setup): Chooser<C> {
  return (setup.hash === 'map-based' ? staticRr : roundrobin).create(usable, setup);
}
