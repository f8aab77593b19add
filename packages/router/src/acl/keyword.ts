import type { Problems } from '@headgate/shared/config/problem';
import type { Position } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { Call } from './call.ts';
import { converters } from './converters.ts';
import type { Fetch } from './fetch.ts';
import { fetches, suffixed } from './fetches.ts';
import { matchSuffixes } from './matches.ts';
import type { MatchName } from './patterns.ts';
import { unsupportedFetches } from './unsupported.ts';

export interface Resolved {
  readonly fetch: Fetch;
  /** The match the keyword has built in: `beg` for hdr_beg. */
  readonly match: MatchName | undefined;
  /** All converters in one; undefined when there is none. */
  readonly converter: Converter | undefined;
}
export type Converter = (text: string) => string;

/** Every keyword with a match built in: `hdr_beg`, `path_reg`. Made from two short lists rather than written out. */
const withMatch: ReadonlyMap<string, Omit<Resolved, 'converter'>> = new Map(
  Object.entries(suffixed).flatMap(([start, name]) =>
    matchSuffixes.map((match): [string, Omit<Resolved, 'converter'>] => [
      `${start}_${match}`,
      { fetch: fetches[name], match },
    ]),
  ),
);
const all: readonly string[] = [...Object.keys(fetches), ...withMatch.keys()];

/** Finds the fetch a keyword names; undefined after a problem. */
export function resolveKeyword(call: Call, at: Position, problems: Problems): Resolved | undefined {
  const steps = convertersOf(call, at, problems);
  if (steps === undefined) return undefined;
  const [first, ...others] = steps;
  const converter =
    others.length === 0 ? first : (text: string): string => steps.reduce((value, step) => step(value), text);
  const { name } = call;
  const combined = withMatch.get(name);
  // A converter takes away the match that a keyword has built in, as in HAProxy.
  if (combined !== undefined)
    return { ...combined, match: call.converters.length > 0 ? undefined : combined.match, converter };
  if (isFetch(name)) return { fetch: fetches[name], match: undefined, converter };
  if (unsupportedFetches.has(call.name)) problems.error(at, `not supported yet: fetch '${call.name}'`);
  else problems.error(at, `unknown fetch '${call.name}'`, nearest(call.name, all));
  return undefined;
}

function isFetch(name: string): name is keyof typeof fetches {
  return Object.hasOwn(fetches, name);
}

function convertersOf(call: Call, at: Position, problems: Problems): readonly Converter[] | undefined {
  const steps: Converter[] = [];
  for (const { name, args } of call.converters) {
    if (!isConverter(name)) {
      problems.error(at, `not supported yet: converter '${name}'`, nearest(name, Object.keys(converters)));
      return undefined;
    }
    if (args.length > 0) {
      problems.error(at, `converter '${name}' takes no argument`);
      return undefined;
    }
    steps.push(converters[name]);
  }
  return steps;
}

function isConverter(name: string): name is keyof typeof converters {
  return Object.hasOwn(converters, name);
}
