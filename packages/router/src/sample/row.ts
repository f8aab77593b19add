import type { Evaluation } from '../model/evaluation.ts';
import type { Read, SampleType, Sint, Typed, Value } from '../model/values.ts';
import type { Args, Argument } from './arguments.ts';

/** The JavaScript representation of each type: text for str, bin, addr and meth. */
export interface Kinds {
  readonly text: string;
  readonly number: Sint;
  readonly truth: boolean;
  readonly typed: Typed;
}
export type Kind = keyof Kinds;

export type Test<V> = (value: V) => boolean;

/**
 * A compiled fetch. `one` is its value (undefined: none); `each` applies a test to all its values and returns whether any passes,
 * in order, stopping at the first, so that an ACL on a header collects nothing per request.
 */
export interface Reading<K extends Kind> {
  readonly kind: K;
  readonly one: (on: Evaluation) => Kinds[K] | undefined;
  readonly each: (test: Test<Kinds[K]>) => (on: Evaluation) => boolean;
}
export type AnyReading = { [K in Kind]: Reading<K> }[Kind];

/** One keyword that extracts values: HAProxy's sample fetch (configuration manual §7.3.2 to §7.3.6). */
export interface Fetch {
  readonly type: SampleType;
  readonly args?: readonly Argument[];
  /** What its value depends on; empty for a constant. */
  readonly reads: readonly Read[] | ((args: Args) => readonly Read[]);
  /** One sentence for docs/samples.md. */
  readonly doc: string;
  /** A complete expression; a test compiles it. */
  readonly example: string;
  /** The only patterns that an ACL can compare it with; absent where any may be. */
  patterns?(args: Args): readonly string[];
  /** A pattern of an ACL as it is written, `3.1-3.3`, into what the value is compared with; absent where it is the same. */
  readonly patternOf?: (written: string) => string;
  /** A string is an error in the arguments. */
  compile(args: Args): AnyReading | string;
}

/** Converts a value; undefined: no result (a field beyond the last). */
export type Step = (value: Value, on: Evaluation) => Value | undefined;

/** One converter (configuration manual §7.3.1). */
export interface Converter {
  readonly from: SampleType;
  readonly to: SampleType;
  readonly args?: readonly Argument[];
  readonly reads?: readonly Read[] | ((args: Args) => readonly Read[]);
  readonly doc: string;
  readonly example: string;
  compile(args: Args): Step | string;
}

/** A fetch with one value, or none. */
export function single<K extends Kind>(kind: K, one: (on: Evaluation) => Kinds[K] | undefined): Reading<K> {
  return {
    kind,
    one,
    each: (test) => (on) => {
      const value = one(on);
      return value !== undefined && test(value);
    },
  };
}

/** A fetch with several values: as a value it is the first or the last of them. */
export function several<K extends Kind>(kind: K, pick: 'first' | 'last', each: Reading<K>['each']): Reading<K> {
  // Evaluation is synchronous, so one variable serves all: nothing is allocated for a value.
  let found: Kinds[K] | undefined;
  const run = each((value) => {
    found = value;
    return pick === 'first';
  });
  return {
    kind,
    each,
    one: (on) => {
      found = undefined;
      run(on);
      return found;
    },
  };
}

// A fetch without arguments and with one value is one line in its table.
type About = Omit<Fetch, 'compile' | 'type'>;

export function textFetch(
  type: 'str' | 'bin' | 'addr' | 'meth',
  about: About,
  read: (on: Evaluation) => string | undefined,
): Fetch {
  return { ...about, type, compile: () => single('text', read) };
}

export function numberFetch(about: About, read: (on: Evaluation) => Sint | undefined): Fetch {
  return { ...about, type: 'sint', compile: () => single('number', read) };
}

export function truthFetch(about: About, read: (on: Evaluation) => boolean | undefined): Fetch {
  return { ...about, type: 'bool', compile: () => single('truth', read) };
}

/** A step on text; the cast guarantees the type, anything else has no value. */
export function onText(step: (text: string, on: Evaluation) => Value | undefined): Step {
  return (value, on) => (typeof value === 'string' ? step(value, on) : undefined);
}

export function onNumber(step: (value: Sint, on: Evaluation) => Value | undefined): Step {
  return (value, on) => (typeof value === 'number' || typeof value === 'bigint' ? step(value, on) : undefined);
}

export function onTruth(step: (value: boolean, on: Evaluation) => Value | undefined): Step {
  return (value, on) => (typeof value === 'boolean' ? step(value, on) : undefined);
}

export function onTyped(step: (value: Typed, on: Evaluation) => Value | undefined): Step {
  return (value, on) => (typeof value === 'object' ? step(value, on) : undefined);
}
