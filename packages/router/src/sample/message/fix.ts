/** Fields of a FIX message: `TAG=VALUE`, each ended by a byte 1. */

const DELIMITER = '\u0001';
/** Tags that configurations may call by name, in lower case. */
const NAMED: Readonly<Record<string, number>> = {
  beginstring: 8,
  bodylength: 9,
  checksum: 10,
  msgtype: 35,
  sendercompid: 49,
  targetcompid: 56,
};
const { beginstring: BEGIN, bodylength: LENGTH, checksum: CHECKSUM, msgtype: TYPE } = NAMED;
/** The highest tag of each version. All versions 5 have one name. */
const HIGHEST: ReadonlyMap<string, number> = new Map([
  ['FIX.4.0', 140],
  ['FIX.4.1', 211],
  ['FIX.4.2', 446],
  ['FIX.4.3', 659],
  ['FIX.4.4', 956],
  ['FIXT.1.1', 1621],
]);
/** `8=FIX.4.2|9=5|35=0|10=161|` */
const SHORTEST = 26;

interface Field {
  readonly tag: number;
  readonly value: string;
  /** Where it begins, and where the next one does. */
  readonly start: number;
  readonly end: number;
}

/** The number of a tag, by that number or its name; undefined: it is neither. */
export function fixTag(text: string): number | undefined {
  return tagNumber(text) ?? NAMED[text.toLowerCase()];
}

function tagNumber(text: string): number | undefined {
  const tag = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return tag === 0 ? undefined : tag;
}

/** The field at `start`. `more`: its end has not come; `broken`: it is not a field. */
function fieldAt(message: string, start: number): Field | 'more' | 'broken' {
  const equals = message.indexOf('=', start);
  const end = equals < 0 ? -1 : message.indexOf(DELIMITER, equals);
  if (end < 0) return 'more';
  const tag = tagNumber(message.slice(start, equals));
  if (tag === undefined) return 'broken';
  return { tag, value: message.slice(equals + 1, end), start, end: end + 1 };
}

/** The value of a tag, the checksum's included, which is the last; undefined: it has none, or the message is broken before it. */
export function fixValue(message: string, wanted: number): string | undefined {
  for (let at = 0; at < message.length;) {
    const field = fieldAt(message, at);
    if (typeof field === 'string') return undefined;
    if (field.tag === wanted) return field.value || undefined;
    if (field.tag === CHECKSUM) return undefined;
    at = field.end;
  }
  return undefined;
}

/** Whether a message has version, length, type and checksum in place, and these are right; undefined: more of it is needed. */
export function isFix(message: string): boolean | undefined {
  if (message.length < SHORTEST) return undefined;
  let highest = 0;
  let body = 0;
  let length = 0;
  let count = 0;
  for (let at = 0; at < message.length;) {
    const field = fieldAt(message, at);
    if (field === 'more') return undefined;
    if (field === 'broken') return false;
    const { tag, value, start, end } = field;
    count += 1;
    if (count === 1) {
      highest = HIGHEST.get(value) ?? 0;
      if (tag !== BEGIN || highest === 0) return false;
    } else if (!tagOf(tag, highest)) return false;
    if (count === 2) {
      length = tagNumber(value) ?? 0;
      if (tag !== LENGTH || length === 0) return false;
      body = end;
    }
    if (count === 3 && tag !== TYPE) return false;
    if (count > 3 && tag === CHECKSUM)
      return start - body === length && /^\d{3}$/.test(value) && Number(value) === sum(message, start);
    at = end;
  }
  return undefined;
}

/** Tags from 10000 on are for agreements between the two sides. */
function tagOf(tag: number, highest: number): boolean {
  return tag <= highest || (tag >= 10_000 && tag < 20_000);
}

function sum(message: string, end: number): number {
  let total = 0;
  for (let at = 0; at < end; at += 1) total = (total + message.charCodeAt(at)) & 0xff;
  return total;
}
