import { leadingInteger } from './integer.ts';
import type { Test } from './fetch.ts';
import type { Match, Pattern, Report } from './match.ts';

/** A compiled match, ready for whatever type of sample a fetch yields. */
export interface Tests {
  readonly string: Test<string>;
  readonly address: Test<string>;
  readonly integer: Test<number>;
  readonly boolean: Test<boolean>;
}

/**
 * Compiles patterns once and offers the test for every type of sample, turned as HAProxy's casts turn them:
 * an integer is its digits as a text, a boolean 1 or 0, a text the integer it begins with; an empty text is no integer.
 */
export function testsOf(match: Match, patterns: readonly Pattern[], report: Report): Tests {
  switch (match.takes) {
    case 'text': {
      const test = match.compile(patterns, report);
      return { string: test, address: test, integer: (n) => test(String(n)), boolean: (b) => test(b ? '1' : '0') };
    }
    case 'address': {
      const test = match.compile(patterns, report);
      return { string: (text) => test(withoutPort(text)), address: test, integer: () => false, boolean: () => false };
    }
    case 'integer': {
      const test = match.compile(patterns, report);
      const fromText: Test<string> = (text) => text !== '' && test(leadingInteger(text));
      return { string: fromText, address: () => false, integer: test, boolean: (b) => test(b ? 1 : 0) };
    }
    case 'boolean': {
      const test = match.compile(patterns, report);
      const fromText: Test<string> = (text) => test(leadingInteger(text) !== 0);
      return { string: fromText, address: () => false, integer: (n) => test(n !== 0), boolean: test };
    }
    case 'anything': {
      const test = match.compile(patterns, report);
      return { string: test, address: test, integer: test, boolean: test };
    }
  }
}

/** `1.2.3.4:80` in a header is the address 1.2.3.4. */
export function withoutPort(text: string): string {
  return text.includes('.') ? text.replace(/:\d{1,5}$/, '') : text;
}
