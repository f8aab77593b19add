import type { RequestFacts } from '../model/facts.ts';
import type { Reader } from './fetch.ts';
import { someItem } from './lists.ts';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** The arguments `NAME[,OCC]` of header fetches: the name in lower case, and which occurrence (0: all of them). */
interface HeaderArguments {
  readonly name: string;
  readonly occurrence: number;
}

/** A fetch over the comma-separated items of a header: hdr, hdr_val, hdr_ip. */
export function headerItems(args: readonly string[]): Reader<RequestFacts, string> | string {
  const parsed = headerArguments(args);
  if (typeof parsed === 'string') return parsed;
  const { name, occurrence } = parsed;
  if (occurrence !== 0) return oneOf((facts) => itemsOf(facts.header(name)), occurrence);
  return (test) => (facts) => {
    for (const line of facts.header(name)) if (someItem(line, test)) return true;
    return false;
  };
}

/** A fetch over the whole lines of a header: req.fhdr. */
export function headerLines(args: readonly string[]): Reader<RequestFacts, string> | string {
  const parsed = headerArguments(args);
  if (typeof parsed === 'string') return parsed;
  const { name, occurrence } = parsed;
  if (occurrence !== 0) return oneOf((facts) => facts.header(name), occurrence);
  return (test) => (facts) => {
    for (const line of facts.header(name)) if (test(line)) return true;
    return false;
  };
}

/** A fetch that counts: items of a header for hdr_cnt, lines for req.fhdr_cnt. */
export function headerCount(
  count: (lines: readonly string[]) => number,
): (args: readonly string[]) => Reader<RequestFacts, number> | string {
  return (args) => {
    const parsed = headerArguments(args);
    if (typeof parsed === 'string') return parsed;
    if (parsed.occurrence !== 0) return 'takes a header name only';
    return (test) => (facts) => test(count(facts.header(parsed.name)));
  };
}

/** All items of all lines, in order. */
export function itemsOf(lines: readonly string[]): string[] {
  const items: string[] = [];
  for (const line of lines) {
    someItem(line, (item) => {
      items.push(item);
      return false;
    });
  }
  return items;
}

/** Occurrence 1 is the first, -1 the last. */
function oneOf(list: (facts: RequestFacts) => readonly string[], occurrence: number): Reader<RequestFacts, string> {
  return (test) => (facts) => {
    const sample = list(facts).at(occurrence > 0 ? occurrence - 1 : occurrence);
    return sample !== undefined && test(sample);
  };
}

function headerArguments(args: readonly string[]): HeaderArguments | string {
  const [name, occurrence = '0', ...more] = args;
  if (name === undefined || more.length > 0) return 'takes a header name and, if wanted, an occurrence: hdr(NAME[,N])';
  if (!TOKEN.test(name)) return `'${name}' is not a header name`;
  // HAProxy keeps the last ten occurrences only; counting further back is refused there and here.
  if (!/^(-?[1-9]|-10|[1-9]\d{0,3}|0)$/.test(occurrence))
    return `'${occurrence}' is not an occurrence: 1 is the first, -1 the last, down to -10`;
  return { name: name.toLowerCase(), occurrence: Number(occurrence) };
}
