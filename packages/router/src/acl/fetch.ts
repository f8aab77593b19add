import type { ConnectionFacts, RequestFacts } from '../model/facts.ts';

/** What a fetch yields. An address is the text of an IPv4 or IPv6 address, in one spelling. */
export interface Samples {
  readonly string: string;
  readonly integer: number;
  readonly boolean: boolean;
  readonly address: string;
}
export type SampleType = keyof Samples;

export type Test<Sample> = (sample: Sample) => boolean;

/**
 * Puts a test on a fetch: the result says whether any sample in the facts passes, in order, stopping at the first.
 * No sample (no such header) is false. Samples are handed to the test one by one, so nothing is collected per request.
 */
export type Reader<Facts, Sample> = (test: Test<Sample>) => (facts: Facts) => boolean;

interface FetchOf<Needs extends string, Facts, Type extends SampleType> {
  /** What must be known before it can be asked. Connection fetches work in request rules too. */
  readonly needs: Needs;
  readonly type: Type;
  /** Takes the words between the parentheses; a string is what is wrong with them. */
  compile(args: readonly string[]): Reader<Facts, Samples[Type]> | string;
}

export type ConnectionFetch = { [Type in SampleType]: FetchOf<'connection', ConnectionFacts, Type> }[SampleType];
export type RequestFetch = { [Type in SampleType]: FetchOf<'request', RequestFacts, Type> }[SampleType];
/** One keyword that extracts samples: HAProxy's sample fetch. */
export type Fetch = ConnectionFetch | RequestFetch;

/** A fetch without arguments that yields one sample, or none when `read` says undefined. */
export function single<Facts, Sample>(
  read: (facts: Facts) => Sample | undefined,
): (args: readonly string[]) => Reader<Facts, Sample> | string {
  return (args) => {
    if (args.length > 0) return 'takes no argument';
    return (test) => (facts) => {
      const sample = read(facts);
      return sample !== undefined && test(sample);
    };
  };
}

/** An address fetch: a socket without an address (a unix socket) yields no sample. */
export function address<Facts>(
  read: (facts: Facts) => string,
): (args: readonly string[]) => Reader<Facts, string> | string {
  return single((facts) => read(facts) || undefined);
}
