import type { BalanceSpec } from '../model/snapshot.ts';
import type { Algorithm, Candidate, Chooser } from './balance/algorithm.ts';
import { first } from './balance/first.ts';
import { hdr } from './balance/hdr.ts';
import { leastconn } from './balance/leastconn.ts';
import { random } from './balance/random.ts';
import { roundrobin } from './balance/roundrobin.ts';
import { source } from './balance/source.ts';
import { staticRr } from './balance/static-rr.ts';
import { uri } from './balance/uri.ts';
import { urlParam } from './balance/url_param.ts';

/** Every `balance` keyword. */
export const algorithms = {
  roundrobin,
  'static-rr': staticRr,
  source,
  leastconn,
  first,
  uri,
  hdr,
  url_param: urlParam,
  random,
} as const satisfies Record<BalanceSpec['name'], Algorithm>;

/** The algorithm of a backend at work over the servers that may be chosen now; undefined when there is none. */
export function createChooser<C extends Candidate>(
  spec: BalanceSpec,
  usable: readonly C[],
  random: () => number,
): Chooser<C> | undefined {
  if (usable.length === 0) return undefined;
  return algorithms[spec.name].create(usable, { args: spec.args, hash: spec.hash, random });
}
