import { headerItems } from '../header-fetch.ts';
import { leadingInteger } from '../integer.ts';
import type { Fetch } from '../fetch.ts';

/** The items of a header as integers: what is no number is 0, as in HAProxy. */
export const hdrVal: Fetch = {
  needs: 'request',
  type: 'integer',
  compile(args) {
    const items = headerItems(args);
    if (typeof items === 'string') return items;
    return (test) => items((item) => test(leadingInteger(item)));
  },
};
