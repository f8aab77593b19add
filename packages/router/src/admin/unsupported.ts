/** Commands of HAProxy that are not here, by the words they begin with, and what to do instead. */
export const UNSUPPORTED: Readonly<Record<string, string>> = {
  'show ssl': 'certificates belong to headgate-terminator',
  'set ssl': 'certificates belong to headgate-terminator, which applies them when their files change',
  'show peers': 'there are no peers',
  'show threads': 'there is one thread of JavaScript',
};
