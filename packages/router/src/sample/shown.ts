/** How a value is written in a format string. */

export interface FormatOptions {
  /** What has no value is `-`, as in logs; else it is empty. */
  readonly dash: boolean;
  /** Control characters of values are written `%XX`, as in headers and bodies: no value can end a line. Else `#XX`, as in logs. */
  readonly http: boolean;
}

/** `%{+Q+X+E}`. */
export interface Flags {
  readonly quote: boolean;
  readonly hex: boolean;
  readonly escape: boolean;
}

// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\x00-\x1f\x7f]/;
// oxlint-disable-next-line no-control-regex -- as above, but a tab may be in a header
const HEADER_CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;
const [EACH, EACH_OF_HEADER] = [CONTROL, HEADER_CONTROL].map(({ source }) => new RegExp(source, 'g')) as [
  RegExp,
  RegExp,
];

/** A value as the format's flags and place want it: nothing in it can end a line or a header; under +E nothing ends a quoted field. */
export function shown(value: string | undefined, { quote, escape }: Flags, { dash, http }: FormatOptions): string {
  if (value === undefined || value === '') return quote ? '""' : dash ? '-' : '';
  let text = (http ? HEADER_CONTROL : CONTROL).test(value) ? withoutControls(value, http) : value;
  if (escape) text = text.replace(/["\\\]]/g, '\\$&');
  return quote ? `"${text}"` : text;
}

function withoutControls(value: string, http: boolean): string {
  return value.replace(
    http ? EACH_OF_HEADER : EACH,
    (char) => `${http ? '%' : '#'}${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
