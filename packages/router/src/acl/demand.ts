import type { Demand } from '../model/outline.ts';
import { castOf, isSame } from '../sample/cast.ts';
import type { Expression } from '../sample/expression.ts';
import { aliases } from '../sample/fetches.ts';
import type { Call } from '../sample/parse.ts';
import { isPure } from '../sample/phase.ts';
import { lookups } from '../sample/text-lookup.ts';
import type { LookupName } from '../sample/text-lookup.ts';
import { directory, domain } from '../sample/text-match.ts';
import { bytesOf } from '../sample/value.ts';
import type { Pattern } from './match.ts';
import type { MatchName } from './matches.ts';

/**
 * What a criterion demands of the values of its expression, for the index of rules. Undefined where a look-up cannot decide: a match on
 * substrings or by regular expression, values that are converted first, and anything that varies over time.
 */
export function demandOf(
  { type, reading, reads }: Expression,
  calls: readonly Call[],
  match: MatchName,
  patterns: readonly Pattern[],
): Demand | undefined {
  const cast = castOf(type, 'str');
  if (!isLookup(match) || reading.kind !== 'text' || cast === undefined || !isSame(cast) || !isPure(reads))
    return undefined;
  const { strip } = match === 'dir' ? directory : match === 'dom' ? domain : { strip: (text: string) => text };
  const texts = patterns.map(({ text }) => strip(bytesOf(text).toLowerCase()));
  return { subject: spelled(calls), each: reading.each, match, texts: [...new Set(texts)] };
}

function isLookup(match: MatchName): match is MatchName & LookupName {
  return Object.hasOwn(lookups, match);
}

/** The same text for `hdr(Host)`, `req.hdr(host)` and what `hdr_dom(host)` compares. */
function spelled(calls: readonly Call[]): string {
  return JSON.stringify(
    calls.map(({ name, args }, index) => {
      const own = index === 0 ? (aliases[name] ?? name) : name;
      const texts = args.map(({ text }) => text);
      return [own, ...(/^req\.f?hdr$/.test(own) ? texts.map((text) => text.toLowerCase()) : texts)];
    }),
  );
}
