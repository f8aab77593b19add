import type { Evaluation } from '../model/evaluation.ts';
import type { SampleType, Value } from '../model/values.ts';
import { castOf, isSame } from '../sample/cast.ts';
import { eachOf } from '../sample/expression.ts';
import type { Expression } from '../sample/expression.ts';
import type { Test } from '../sample/row.ts';
import { withoutPort } from '../sample/value.ts';
import type { Match, Pattern, Report } from './match.ts';

const TARGETS = { text: 'str', address: 'addr', integer: 'sint', boolean: 'bool' } as const satisfies Record<
  Exclude<Match['takes'], 'anything'>,
  SampleType
>;

/**
 * Applies a match to an expression: true when any of its values passes. Values are cast as in HAProxy; undefined when
 * there is no cast (boolean to address). Where no cast is needed the test gets the value directly.
 */
export function testOf(
  { type, reading }: Expression,
  match: Match,
  patterns: readonly Pattern[],
  report: Report,
): ((on: Evaluation) => boolean) | undefined {
  if (match.takes === 'anything') return eachOf(reading, match.compile(patterns, report));
  const cast = castOf(type, TARGETS[match.takes]);
  if (cast === undefined) return undefined;
  if (match.takes === 'address' && reading.kind === 'text' && type !== 'addr') {
    // Saves the check in the cast: text that is not an address is in no network either.
    const test = match.compile(patterns, report);
    return reading.each((text) => test(withoutPort(text)));
  }
  if (isSame(cast) && reading.kind === 'text' && (match.takes === 'text' || match.takes === 'address'))
    return reading.each(match.compile(patterns, report));
  if (isSame(cast) && reading.kind === 'number' && match.takes === 'integer')
    return reading.each(match.compile(patterns, report));
  if (isSame(cast) && reading.kind === 'truth' && match.takes === 'boolean')
    return reading.each(match.compile(patterns, report));
  const test = onAny(match, patterns, report);
  return eachOf(reading, (value) => {
    const turned = cast(value);
    return turned !== undefined && test(turned);
  });
}

/** The test of a match for a value already cast to its type. */
function onAny(
  match: Exclude<Match, { takes: 'anything' }>,
  patterns: readonly Pattern[],
  report: Report,
): Test<Value> {
  switch (match.takes) {
    case 'text':
    case 'address': {
      const test = match.compile(patterns, report);
      return (value) => typeof value === 'string' && test(value);
    }
    case 'integer': {
      const test = match.compile(patterns, report);
      return (value) => (typeof value === 'number' || typeof value === 'bigint') && test(value);
    }
    case 'boolean': {
      const test = match.compile(patterns, report);
      return (value) => typeof value === 'boolean' && test(value);
    }
  }
}
