import type { Problems } from '@headgate/shared/config/problem';
import type { Position } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { Call } from './call.ts';
import type { Fetch } from './fetch.ts';
import { fetches, suffixed } from './fetches.ts';
import { matchSuffixes } from './matches.ts';
import type { MatchName } from './patterns.ts';
import { unsupportedFetches } from './unsupported.ts';

export interface Resolved {
  readonly fetch: Fetch;
  /** The match the keyword has built in: `beg` for hdr_beg. */
  readonly match: MatchName | undefined;
}

/** Every keyword with a match built in: `hdr_beg`, `path_reg`. Made from two short lists rather than written out. */
const withMatch: ReadonlyMap<string, Resolved> = new Map(
  Object.entries(suffixed).flatMap(([start, name]) =>
    matchSuffixes.map((match): [string, Resolved] => [`${start}_${match}`, { fetch: fetches[name], match }]),
  ),
);
const all: readonly string[] = [...Object.keys(fetches), ...withMatch.keys()];

/** Finds the fetch a keyword names; undefined after a problem. */
export function resolveKeyword(call: Call, at: Position, problems: Problems): Resolved | undefined {
  const [converter] = call.converters;
  if (converter !== undefined) {
    problems.error(at, `not supported yet: converter '${converter.name}'`);
    return undefined;
  }
  const combined = withMatch.get(call.name);
  if (combined !== undefined) return combined;
  if (isFetch(call.name)) return { fetch: fetches[call.name], match: undefined };
  if (unsupportedFetches.has(call.name)) problems.error(at, `not supported yet: fetch '${call.name}'`);
  else problems.error(at, `unknown fetch '${call.name}'`, nearest(call.name, all));
  return undefined;
}

function isFetch(name: string): name is keyof typeof fetches {
  return Object.hasOwn(fetches, name);
}
