import type { Algorithm, Candidate, Chooser, Setup } from './algorithm.ts';
import { sdbm } from '../../sample/hash.ts';
import { createLookup } from './lookup.ts';
import { sole } from './sole.ts';
import { without } from './without.ts';

/** `balance hdr(NAME) [use_domain_only]`: one header value, one server; round robin for requests without it. */
export const hdr: Algorithm = {
  free: false,
  create<C extends Candidate>(usable: readonly C[], setup: Setup): Chooser<C> {
    const only = sole(usable);
    if (only !== undefined) return only;
    const name = (setup.args[0] ?? '').toLowerCase();
    const domainOnly = setup.args.includes('use_domain_only', 1);
    const lookup = createLookup(usable, setup.hash);
    const inTurn = without(usable, setup);
    return {
      choose(facts, avoid) {
        const line = facts.header(name)[0] ?? '';
        const end = firstValueEnd(line);
        if (end === 0) return inTurn.choose(facts, avoid);
        return lookup(domainOnly ? domainHash(line, end) : sdbm(line, 0, end), avoid);
      },
    };
  },
};

/** A line may list several values: the first ends at a comma, less the blanks before it. */
function firstValueEnd(line: string): number {
  const comma = line.indexOf(',');
  let end = comma === -1 ? line.length : comma;
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end--;
  return end;
}

/** `www.example.org` → `example`: the label before the last dot; everything when there is none. */
function domainHash(line: string, end: number): number {
  const dot = line.lastIndexOf('.', end - 1);
  const start = dot > 0 ? line.lastIndexOf('.', dot - 1) + 1 : 0;
  return dot > start ? sdbm(line, start, dot) : sdbm(line, 0, end);
}
