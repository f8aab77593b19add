/** Normalizers of request targets (RFC 3986 §6; HAProxy's `normalize-uri`). Pure. */
import { pathAndQuery } from '../sample/target.ts';

interface Normalizer {
  /** The word that may follow it. */
  readonly option?: string;
  /** The target as it is to be; undefined: it is invalid, which only an option finds. */
  apply(target: string, option: boolean): string | undefined;
}

/** Changes the path, or the query with its question mark. */
function part(which: 'path' | 'query', change: (text: string, option: boolean) => string): Normalizer['apply'] {
  return (target, option) => {
    const whole = pathAndQuery(target);
    if (whole === undefined) return target;
    const mark = whole.indexOf('?');
    const path = mark < 0 ? whole : whole.slice(0, mark);
    const query = mark < 0 ? '' : whole.slice(mark);
    return which === 'path' ? change(path, option) + query : path + (query === '' ? '' : change(query, option));
  };
}

const ENCODED = /%(?:([0-9A-Fa-f]{2})|)/g;

/** Changes what is percent-encoded; with `strict` a percent sign that begins nothing is invalid. */
function percent(change: (digits: string) => string): Normalizer {
  return {
    option: 'strict',
    apply(target, strict) {
      const whole = pathAndQuery(target);
      if (whole === undefined) return target;
      let sound = true;
      const changed = whole.replaceAll(ENCODED, (found: string, digits: string | undefined) => {
        if (digits !== undefined) return change(digits);
        sound = false;
        return found;
      });
      return strict && !sound ? undefined : changed;
    },
  };
}

function withoutDots(path: string): string {
  const segments = path.split('/');
  const kept = segments.filter((segment) => segment !== '.');
  return segments.at(-1) === '.' ? `${kept.join('/')}/` : kept.join('/');
}

/** Segments before `..` go with it; what is left over at the beginning stays, unless `full`. */
function withoutDotDots(path: string, full: boolean): string {
  const kept: string[] = [];
  const segments = path.slice(1).split('/');
  for (const segment of segments) {
    const before = kept.at(-1);
    if (segment !== '..') kept.push(segment);
    else if (before !== undefined && before !== '..') kept.pop();
    else if (!full) kept.push(segment);
  }
  if (segments.at(-1) === '..') kept.push('');
  return `/${kept.join('/')}`;
}

function name(parameter: string): string {
  const equal = parameter.indexOf('=');
  return equal < 0 ? parameter : parameter.slice(0, equal);
}

function sorted(query: string): string {
  const byName = (a: string, b: string): number => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0);
  // As in HAProxy a last `&` has nothing after it, not an empty parameter.
  return `?${query.slice(1).replace(/&$/, '').split('&').toSorted(byName).join('&')}`;
}

/** A target that holds a fragment is refused before any rule. */
const same: Normalizer = { apply: (target) => target };

/** Every normalizer by its word. */
export const normalizers: Readonly<Record<string, Normalizer>> = {
  'fragment-encode': same,
  'fragment-strip': same,
  'path-merge-slashes': { apply: part('path', (path) => path.replaceAll(/\/{2,}/g, '/')) },
  'path-strip-dot': { apply: part('path', withoutDots) },
  'path-strip-dotdot': { option: 'full', apply: part('path', withoutDotDots) },
  'percent-decode-unreserved': percent((digits) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    return /[A-Za-z0-9._~-]/.test(character) ? character : `%${digits}`;
  }),
  'percent-to-uppercase': percent((digits) => `%${digits.toUpperCase()}`),
  'query-sort-by-name': { apply: part('query', sorted) },
};
