import { headerItems } from '../header-fetch.ts';
import { withoutPort } from '../cast.ts';
import type { Fetch } from '../fetch.ts';

/** The items of a header as addresses, an IPv4 port after `:` left out. */
export const hdrIp: Fetch = {
  needs: 'request',
  type: 'address',
  compile(args) {
    const items = headerItems(args);
    if (typeof items === 'string') return items;
    return (test) => items((item) => test(withoutPort(item)));
  },
};
