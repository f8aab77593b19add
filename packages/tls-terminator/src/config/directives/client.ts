import type { ServiceDirective } from '../directive.ts';
import { yesNo } from '../values.ts';

export const client: ServiceDirective = {
  summary: 'Only `no`: TLS comes in, plain bytes go out.',
  takes: 'no',
  default: 'no',
  example: 'client = no',
  apply(value, _draft, problems) {
    if (yesNo(value, problems) === true)
      problems.error(value.at, 'not supported yet: client = yes (plain in, TLS out)');
  },
};
