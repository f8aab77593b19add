import type { World } from '../../model/evaluation.ts';
import type { Sint } from '../../model/values.ts';
import { integer, oneOf, optional, required } from '../arguments.ts';
import { onNumber } from '../row.ts';
import type { Converter } from '../row.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;
/** The range of Date, in seconds. */
const LATEST = 8.64e12;

const two = (value: number, fill = '0'): string => String(value).padStart(2, fill);

/** The fields of a broken-down time; `date` is shifted so that its UTC fields are those of the zone. */
interface Broken {
  readonly date: Date;
  readonly seconds: number;
  readonly offset: number;
  readonly zone: string;
}

function dayOfYear({ date }: Broken): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000);
}

/** ISO 8601 week and year: the week belongs to the year of its Thursday. */
function isoWeek({ date }: Broken): { readonly week: number; readonly year: number } {
  const thursday = new Date(date.getTime() + (3 - ((date.getUTCDay() + 6) % 7)) * 86_400_000);
  const year = thursday.getUTCFullYear();
  return { week: 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / 604_800_000), year };
}

function offsetText({ offset }: Broken): string {
  const minutes = Math.abs(offset);
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
}

const twelve = ({ date }: Broken): number => date.getUTCHours() % 12 || 12;
const half = ({ date }: Broken): string => (date.getUTCHours() < 12 ? 'AM' : 'PM');

/** The conversions of strftime in the C locale (POSIX and glibc). */
const conversions: Readonly<Record<string, (at: Broken) => string>> = {
  a: ({ date }) => DAYS[date.getUTCDay()]?.slice(0, 3) ?? '',
  A: ({ date }) => DAYS[date.getUTCDay()] ?? '',
  b: ({ date }) => MONTHS[date.getUTCMonth()]?.slice(0, 3) ?? '',
  B: ({ date }) => MONTHS[date.getUTCMonth()] ?? '',
  c: (at) => formatTime('%a %b %e %H:%M:%S %Y', at),
  C: ({ date }) => two(Math.floor(date.getUTCFullYear() / 100)),
  d: ({ date }) => two(date.getUTCDate()),
  D: (at) => formatTime('%m/%d/%y', at),
  e: ({ date }) => two(date.getUTCDate(), ' '),
  F: (at) => formatTime('%Y-%m-%d', at),
  g: (at) => two(isoWeek(at).year % 100),
  G: (at) => String(isoWeek(at).year),
  h: (at) => formatTime('%b', at),
  H: ({ date }) => two(date.getUTCHours()),
  I: (at) => two(twelve(at)),
  j: (at) => String(dayOfYear(at) + 1).padStart(3, '0'),
  k: ({ date }) => two(date.getUTCHours(), ' '),
  l: (at) => two(twelve(at), ' '),
  m: ({ date }) => two(date.getUTCMonth() + 1),
  M: ({ date }) => two(date.getUTCMinutes()),
  n: () => '\n',
  p: half,
  P: (at) => half(at).toLowerCase(),
  r: (at) => formatTime('%I:%M:%S %p', at),
  R: (at) => formatTime('%H:%M', at),
  s: ({ seconds }) => String(seconds),
  S: ({ date }) => two(date.getUTCSeconds()),
  t: () => '\t',
  T: (at) => formatTime('%H:%M:%S', at),
  u: ({ date }) => String(date.getUTCDay() || 7),
  U: (at) => two(Math.floor((dayOfYear(at) + 7 - at.date.getUTCDay()) / 7)),
  V: (at) => two(isoWeek(at).week),
  w: ({ date }) => String(date.getUTCDay()),
  W: (at) => two(Math.floor((dayOfYear(at) + 7 - ((at.date.getUTCDay() + 6) % 7)) / 7)),
  x: (at) => formatTime('%m/%d/%y', at),
  X: (at) => formatTime('%H:%M:%S', at),
  y: ({ date }) => two(date.getUTCFullYear() % 100),
  Y: ({ date }) => String(date.getUTCFullYear()),
  z: offsetText,
  Z: ({ zone }) => zone,
  '%': () => '%',
};

function formatTime(format: string, at: Broken): string {
  return format.replace(/%(.)/g, (whole, letter: string) => conversions[letter]?.(at) ?? whole);
}

const UTC: ReturnType<World['zone']> = { offset: 0, name: 'UTC' };

function time(local: boolean): Converter {
  return {
    from: 'sint',
    to: 'str',
    args: [required('format'), optional('offset', integer)],
    reads: local ? ['clock'] : [],
    doc: `A time in seconds since 1970, formatted by strftime, ${local ? 'local time' : 'UTC'}; an offset in seconds is added first.`,
    example: `date,${local ? 'ltime' : 'utime'}(%H:%M)`,
    compile(args) {
      const format = args.text(0);
      const offset = args.number(1);
      return onNumber((value, on) => {
        const seconds = Number(value) + offset;
        if (Math.abs(seconds) > LATEST) return undefined;
        const zone = local ? on.world.zone(seconds * 1000) : UTC;
        const date = new Date((seconds + zone.offset * 60) * 1000);
        return formatTime(format, { date, seconds, offset: zone.offset, zone: zone.name });
      });
    },
  };
}

function httpDate(value: Sint, offset: number, perSecond: bigint, digits: number): string | undefined {
  const moment = BigInt(value) + BigInt(offset);
  const whole = moment / perSecond;
  const rest = moment % perSecond;
  if (whole > BigInt(LATEST) || whole < 0n) return undefined;
  const text = new Date(Number(whole) * 1000).toUTCString();
  return digits === 0 ? text : text.replace(/ GMT$/, `.${String(rest).padStart(digits, '0')} GMT`);
}

/** Times as texts (HAProxy manual §7.3.1). */
export const times: Readonly<Record<string, Converter>> = {
  http_date: {
    from: 'sint',
    to: 'str',
    args: [optional('offset', integer), optional('unit', oneOf('s', 'ms', 'us'))],
    doc: 'A time in seconds (or ms, us) since 1970 as an HTTP date, plus an offset in the same unit.',
    example: 'date(3600),http_date',
    compile(args) {
      const offset = args.number(0);
      const unit = args.text(1, 's');
      const [perSecond, digits] = unit === 's' ? [1n, 0] : unit === 'ms' ? [1000n, 3] : [1_000_000n, 6];
      return onNumber((value) => httpDate(value, offset, perSecond, digits));
    },
  },
  ltime: time(true),
  utime: time(false),
};
