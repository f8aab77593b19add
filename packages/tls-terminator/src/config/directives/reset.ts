import type { ServiceDirective } from '../directive.ts';
import { yesNo } from '../values.ts';

export const reset: ServiceDirective = {
  summary: 'After an error, end connections with a reset, so that the other side sees an error and not an end.',
  takes: 'yes | no',
  default: 'yes',
  example: 'reset = yes',
  apply(value, draft, problems) {
    draft.reset = yesNo(value, problems) ?? draft.reset;
  },
};
