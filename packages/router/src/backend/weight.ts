/** HAProxy's weights and limits at run time: from a control socket or an agent. A text is what is wrong with one. */

const MOST = 256;
/** The largest percentage, of which a weight of 1 is the most. */
const MOST_PERCENT = 25_600;

/** `10`, or `75%` of the configured weight, as HAProxy rounds it: down. */
export function readWeight(text: string, configured: number): number | string {
  if (text === '') return 'Require <weight> or <weight%>.';
  const [, digits, rest] = /^\s*([-+]?\d+)?(.*)$/s.exec(text) ?? [];
  if (digits === undefined) return 'Empty weight string empty or preceded by garbage';
  const number = Number(digits);
  if (rest === '%') {
    if (number < 0) return 'Relative weight must be positive.';
    return Math.min(MOST, Math.floor((configured * Math.min(number, MOST_PERCENT)) / 100));
  }
  if (number < 0 || number > MOST) return 'Absolute weight can only be between 0 and 256 inclusive.';
  return rest === '' ? number : 'Trailing garbage in weight string';
}

/** The `maxconn` of a server. */
export function readMaxconn(text: string): number | string {
  if (text === '') return 'Require <maxconn>.';
  const [, digits, rest] = /^(\d{1,9})?(.*)$/.exec(text) ?? [];
  if (digits === undefined) return 'maxconn string empty or preceded by garbage';
  return rest === '' ? Number(digits) : 'Trailing garbage in maxconn string';
}
