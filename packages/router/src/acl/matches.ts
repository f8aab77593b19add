import { inAny, parseCidr } from '@headgate/shared/net/cidr';
import type { SampleType, Sint } from '../model/values.ts';
import { isOperator, parseRange } from '../sample/range.ts';
import { regexOf } from '../sample/regex.ts';
import type { Test } from '../sample/row.ts';
import { directory, domain } from '../sample/text-match.ts';
import type { Delimited } from '../sample/text-match.ts';
import { anyText, textMatch } from './match.ts';
import type { Match, Pattern, Report } from './match.ts';

/** Every match by the word `-m` takes (HAProxy configuration manual §7.1). */
export const matches = {
  str: textMatch('the value is the pattern', (texts) => {
    const [only] = texts;
    if (only !== undefined && texts.length === 1) return (sample) => sample === only;
    const set = new Set(texts);
    return (sample) => set.has(sample);
  }),
  beg: textMatch('it begins with the pattern', (texts) =>
    anyText(texts, (sample, text) => sample.startsWith(text), 'beg'),
  ),
  end: textMatch('it ends with the pattern', (texts) => anyText(texts, (sample, text) => sample.endsWith(text), 'end')),
  sub: textMatch('the pattern is anywhere in it', (texts) => anyText(texts, (sample, text) => sample.includes(text))),
  dir: delimitedMatch('the pattern is in it between `/`, `?` or the ends: complete path components', 'dir', directory),
  dom: delimitedMatch(
    'the pattern is in it between `.`, `:`, `/`, `?` or the ends: complete labels of a host name',
    'dom',
    domain,
  ),
  reg: {
    takes: 'text',
    patterns: true,
    doc: 'the regular expression matches anywhere in it',
    compile(patterns, report) {
      const expressions = patterns.flatMap(({ text, folded, at }) => {
        const compiled = regexOf(text, folded);
        if (compiled.regex !== undefined) return [compiled.regex];
        for (const problem of compiled.problems) report(at, problem);
        return [];
      });
      return (sample) => {
        for (const expression of expressions) if (expression.test(sample)) return true;
        return false;
      };
    },
  },
  len: {
    takes: 'text',
    patterns: true,
    doc: 'its length in bytes is one of the integers or ranges',
    compile(patterns, report) {
      const test = rangeTest(patterns, report);
      return (sample) => test(sample.length);
    },
  },
  int: {
    takes: 'integer',
    patterns: true,
    doc: 'it is one of the integers or in one of the ranges: `5`, `1:10`, `1024:`, `gt 3`; operators `eq` `ge` `gt` `le` `lt`',
    compile: rangeTest,
  },
  ip: {
    takes: 'address',
    patterns: true,
    doc: 'it is one of the addresses or in one of the networks: `10.0.0.0/8`, `fd00::/8`, `127.1`',
    // Names are not resolved: the meaning of an ACL must not depend on a name server.
    compile(patterns, report) {
      const networks = patterns.flatMap(({ text, at }) => {
        const network = parseCidr(text);
        if (network === undefined)
          report(at, `'${text}' is not an IPv4 or IPv6 address or network (names are not resolved)`);
        return network ?? [];
      });
      return inAny(networks);
    },
  },
  bin: {
    takes: 'text',
    patterns: true,
    doc: 'its bytes are those of the pattern, in hexadecimal digits',
    compile(patterns, report) {
      const values = patterns.flatMap(({ text, at }) => {
        if (/^(?:[0-9a-f]{2})+$/i.test(text)) return Buffer.from(text, 'hex').toString('latin1');
        report(at, `'${text}' is not an even number of hexadecimal digits`);
        return [];
      });
      const set = new Set(values);
      return (sample) => set.has(sample);
    },
  },
  bool: {
    takes: 'boolean',
    patterns: false,
    doc: 'it is true or not 0',
    compile: () => (sample) => sample,
  },
  found: {
    takes: 'anything',
    patterns: false,
    doc: 'there is a value, even an empty one',
    compile: () => () => true,
  },
} as const satisfies Record<string, Match>;

export type MatchName = keyof typeof matches;

/** The default match of each type; a value that carries its type needs `-m`. */
export const defaultMatch: Readonly<Record<Exclude<SampleType, 'any'>, MatchName>> = {
  str: 'str',
  meth: 'str',
  sint: 'int',
  bool: 'bool',
  addr: 'ip',
  bin: 'bin',
};

/** A text match for a pattern between delimiters or the ends of the sample; delimiters around the pattern are dropped. */
function delimitedMatch(doc: string, name: 'dir' | 'dom', { stands, strip }: Delimited): Match {
  const text = textMatch(doc, (texts) =>
    anyText(
      texts.map(strip).filter((stripped) => stripped !== ''),
      stands,
      name,
    ),
  );
  return {
    ...text,
    compile(patterns, report) {
      for (const pattern of patterns) {
        if (strip(pattern.text) === '')
          report(pattern.at, `'${pattern.text}' contains only delimiters and would never match`);
      }
      return text.compile(patterns, report);
    },
  };
}

/** Compiles `[eq|ge|gt|le|lt] N|N:M ...`: an operator applies to every value after it until the next operator; one matching value suffices. */
function rangeTest(patterns: readonly Pattern[], report: Report): Test<Sint> {
  let operator = 'eq';
  const ranges = patterns.flatMap(({ text, at }) => {
    if (isOperator(text)) {
      operator = text;
      return [];
    }
    const range = parseRange(text, operator);
    if (range === undefined)
      report(
        at,
        `'${text}' is not an integer${operator === 'eq' ? ' or a range LOW:HIGH' : `, which '${operator}' requires`}`,
      );
    return range ?? [];
  });
  return (sample) => {
    for (const { low, high } of ranges) if (sample >= low && sample <= high) return true;
    return false;
  };
}
