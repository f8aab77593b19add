import type { Algorithm, Candidate, Chooser, Setup } from './algorithm.ts';
import { sdbm } from '../../sample/hash.ts';
import { createLookup } from './lookup.ts';
import { sole } from './sole.ts';
import { without } from './without.ts';

/** `balance url_param NAME`: one value of a query parameter, one server; round robin for requests without it. */
export const urlParam: Algorithm = {
  free: false,
  create<C extends Candidate>(usable: readonly C[], setup: Setup): Chooser<C> {
    const only = sole(usable);
    if (only !== undefined) return only;
    const prefix = `${setup.args[0] ?? ''}=`;
    const lookup = createLookup(usable, setup.hash);
    const inTurn = without(usable, setup);
    return {
      choose(facts, avoid) {
        const { target } = facts;
        const start = valueStart(target, prefix);
        if (start === -1) return inTurn.choose(facts, avoid);
        return lookup(sdbm(target, start, valueEnd(target, start)), avoid);
      },
    };
  },
};

/** Where the value of the first parameter with this name begins, or -1. */
function valueStart(target: string, prefix: string): number {
  let before = target.indexOf('?');
  while (before !== -1) {
    if (target.startsWith(prefix, before + 1)) return before + 1 + prefix.length;
    before = target.indexOf('&', before + 1);
  }
  return -1;
}

function valueEnd(target: string, start: number): number {
  const end = target.indexOf('&', start);
  return end === -1 ? target.length : end;
}
