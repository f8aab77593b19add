import type { ServiceDirective } from '../directive.ts';
import { yesNo } from '../values.ts';

export const retry: ServiceDirective = {
  summary: "Only `no`: stunnel's retry belongs to exec, which does not exist here.",
  takes: 'no',
  default: 'no',
  example: 'retry = no',
  apply(value, _draft, problems) {
    if (yesNo(value, problems) === true) problems.error(value.at, 'not supported yet: retry = yes');
  },
};
