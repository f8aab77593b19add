import type { Evaluation } from '../model/evaluation.ts';
import type { RequestFacts } from '../model/facts.ts';
import { hashFunctions } from '../sample/hash.ts';
import type { BalanceSpec } from '../model/snapshot.ts';
import type { Algorithm, Candidate, Pick } from './balance/algorithm.ts';
import { hash as hashExpression, hdr, uri, urlParam } from './balance/keys.ts';
import { first, leastconn, random } from './balance/load.ts';
import { createLookup } from './balance/lookup.ts';
import { roundrobin } from './balance/roundrobin.ts';
import { staticRr } from './balance/slots.ts';
import { source } from './balance/source.ts';

/** Every `balance` keyword. */
export const algorithms = {
  roundrobin,
  'static-rr': staticRr,
  leastconn,
  first,
  source,
  uri,
  url_param: urlParam,
  hdr,
  random,
  hash: hashExpression,
} as const satisfies Record<BalanceSpec['name'], Algorithm>;

/** One algorithm applied to one fixed list of servers. */
export interface Chooser<C extends Candidate> {
  /**
   * A choice determined by the request is returned even when that server is full: the request waits for it.
   * A free choice skips full servers, and is undefined when every server is full.
   * `avoid` is chosen only when nothing else can be.
   */
  choose(facts: RequestFacts, avoid: object | undefined, on?: Evaluation): C | undefined;
}

/** The algorithm of a backend, applied to the servers that may be chosen now; undefined when there are none. */
export function createChooser<C extends Candidate>(
  spec: BalanceSpec,
  usable: readonly C[],
  random: () => number,
): Chooser<C> | undefined {
  const { name, args, hashFunction = 'sdbm', expression } = spec;
  const [only] = usable;
  if (only === undefined) return undefined;
  const algorithm: Algorithm = algorithms[name];
  if (algorithm.free) {
    const take = sparing(usable, hasRoom, algorithm.create(usable, { args, random }));
    return { choose: (_facts, avoid) => take(avoid, 0) };
  }
  // With one server there is no need to hash: it is the choice, full or not.
  if (usable.length === 1) return { choose: () => only };
  const key = algorithm.key(args, hashFunctions[hashFunction], expression);
  const lookup = createLookup(usable, spec);
  const owner = sparing(usable, waits, lookup.owner);
  // Requests without the header or parameter are distributed in turn.
  const inTurn = sparing(usable, hasRoom, lookup.inTurn);
  return {
    choose(facts, avoid, on) {
      const found = key(facts, on);
      return found === undefined ? inTurn(avoid, 0) : owner(avoid, found);
    },
  };
}

/** Wraps every pick: the algorithm sees the eligible servers, without the one to avoid unless it is the only one. */
function sparing<C extends Candidate>(
  usable: readonly C[],
  fits: (server: C) => boolean,
  pick: Pick<C>,
): (avoid: object | undefined, key: number) => C | undefined {
  // Create one function for all requests: a choice must not allocate.
  let avoided: object | undefined;
  const open = (server: C): boolean => server !== avoided && fits(server);
  return (avoid, key) => {
    avoided = avoid;
    if (usable.some(open)) return pick(open, key);
    avoided = undefined;
    return usable.some(open) ? pick(open, key) : undefined;
  };
}

function hasRoom(server: Candidate): boolean {
  return !server.full;
}

function waits(): boolean {
  return true;
}
