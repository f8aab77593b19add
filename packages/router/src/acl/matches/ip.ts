import { inAny, parseCidr } from '@headgate/shared/net/cidr';
import type { Match } from '../match.ts';

/** Addresses and networks. Names are not looked up: what an ACL means must not depend on an answer from outside. */
export const ip: Match = {
  takes: 'address',
  patterns: true,
  compile(patterns, report) {
    const networks = patterns.flatMap(({ text, at }) => {
      const network = parseCidr(text);
      if (network === undefined)
        report(at, `'${text}' is not an IPv4 or IPv6 address or network (names are not looked up)`);
      return network ?? [];
    });
    return inAny(networks);
  },
};
