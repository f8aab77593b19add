import type { Position, Word } from '@headgate/shared/config/raw';
import type { ConnectionFacts, RequestFacts } from '../model/facts.ts';
import { parseCall } from './call.ts';
import { testsOf } from './cast.ts';
import type { Tests } from './cast.ts';
import type { ConnectionFetch, Fetch, RequestFetch } from './fetch.ts';
import { parsePatterns } from './patterns.ts';
import type { CompileContext } from './patterns.ts';
import { resolveKeyword } from './keyword.ts';
import type { Converter } from './keyword.ts';
import { defaultMatch, matches } from './matches.ts';
import type { CriterionOutline } from '../model/outline.ts';

/** A compiled `FETCH [flags] [patterns]`. */
export interface Criterion extends CriterionOutline {
  /** Undefined when the fetch needs a request. */
  readonly connectionTest: ((facts: ConnectionFacts) => boolean) | undefined;
}

/** Compiles a criterion; undefined after a problem, which is reported at its word. */
export function compileCriterion(words: readonly Word[], at: Position, context: CompileContext): Criterion | undefined {
  const { problems } = context;
  const [keyword, ...rest] = words;
  if (keyword === undefined) {
    problems.error(at, 'what is to be tested? a fetch is missing');
    return undefined;
  }
  const call = parseCall(keyword.text);
  if (typeof call === 'string') {
    problems.error(keyword.at, call);
    return undefined;
  }
  const resolved = resolveKeyword(call, keyword.at, problems);
  const given = parsePatterns(rest, context);
  if (resolved === undefined || given === undefined) return undefined;
  const { fetch } = resolved;
  const { converter } = resolved;
  const match = matches[given.match ?? resolved.match ?? defaultMatch[converter === undefined ? fetch.type : 'string']];
  let sound = true;
  const tests = testsOf(match, given.patterns, (where, message) => {
    sound = false;
    problems.error(where, message);
  });
  const asked = ask(fetch, call.args, converter === undefined ? tests : converted(tests, converter));
  if (typeof asked === 'string') {
    problems.error(keyword.at, `${call.name} ${asked}`);
    return undefined;
  }
  if (!sound) return undefined;
  if (match.patterns && given.patterns.length === 0 && !given.fromFile) {
    problems.warning(keyword.at, `'${keyword.text}' has no pattern to compare with, so it never matches`);
  }
  return {
    text: words.map(({ text }) => text).join(' '),
    at: keyword.at,
    test: asked.request,
    connectionTest: asked.connection,
    samples: (facts) => samplesOf(fetch, call.args, facts, converter),
  };
}

interface Asked {
  readonly request: (facts: RequestFacts) => boolean;
  readonly connection: ((facts: ConnectionFacts) => boolean) | undefined;
}

function ask(fetch: Fetch, args: readonly string[], tests: Tests): Asked | string {
  if (fetch.needs === 'request') {
    const request = askRequest(fetch, args, tests);
    return typeof request === 'string' ? request : { request, connection: undefined };
  }
  const connection = askConnection(fetch, args, tests);
  return typeof connection === 'string' ? connection : { request: (facts) => connection(facts.connection), connection };
}

// One line per type of sample: the compiler sees that a test fits its fetch.
function askRequest(
  fetch: RequestFetch,
  args: readonly string[],
  tests: Tests,
): ((facts: RequestFacts) => boolean) | string {
  switch (fetch.type) {
    case 'string':
      return put(fetch.compile(args), tests.string);
    case 'integer':
      return put(fetch.compile(args), tests.integer);
    case 'boolean':
      return put(fetch.compile(args), tests.boolean);
    case 'address':
      return put(fetch.compile(args), tests.address);
  }
}

function askConnection(
  fetch: ConnectionFetch,
  args: readonly string[],
  tests: Tests,
): ((facts: ConnectionFacts) => boolean) | string {
  switch (fetch.type) {
    case 'string':
      return put(fetch.compile(args), tests.string);
    case 'integer':
      return put(fetch.compile(args), tests.integer);
    case 'boolean':
      return put(fetch.compile(args), tests.boolean);
    case 'address':
      return put(fetch.compile(args), tests.address);
  }
}

function put<Facts, Sample>(
  reader: ((test: (sample: Sample) => boolean) => (facts: Facts) => boolean) | string,
  test: (sample: Sample) => boolean,
): ((facts: Facts) => boolean) | string {
  return typeof reader === 'string' ? reader : reader(test);
}

/** Converters take and give texts, so every sample becomes one first. */
function converted({ string: test }: Tests, converter: Converter): Tests {
  const text = (sample: string): boolean => test(converter(sample));
  return { string: text, address: text, integer: (n) => text(String(n)), boolean: (b) => text(b ? '1' : '0') };
}

/** For `explain` only, so the fetch is compiled again with a test that passes nothing and keeps everything. */
function samplesOf(
  fetch: Fetch,
  args: readonly string[],
  facts: RequestFacts,
  converter: Converter | undefined,
): readonly string[] {
  const samples: string[] = [];
  const keep = (sample: string | number | boolean): boolean => {
    samples.push(converter === undefined ? String(sample) : converter(String(sample)));
    return false;
  };
  const asked = ask(fetch, args, { string: keep, integer: keep, boolean: keep, address: keep });
  if (typeof asked !== 'string') asked.request(facts);
  return samples;
}
