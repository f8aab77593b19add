import { getFips } from 'node:crypto';
import type { GlobalDirective } from '../directive.ts';
import { yesNo } from '../values.ts';

export const fips: GlobalDirective = {
  summary: "Only start with OpenSSL's FIPS provider in use.",
  takes: 'yes | no',
  default: 'no',
  example: 'fips = no',
  apply(value, _draft, problems) {
    if (yesNo(value, problems) !== true || getFips() === 1) return;
    problems.error(
      value.at,
      'this Node.js is not running in FIPS mode; start it with --enable-fips and an OpenSSL that has the provider, or write no',
    );
  },
};
