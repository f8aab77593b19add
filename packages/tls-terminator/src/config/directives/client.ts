import type { ServiceDirective } from '../directive.ts';
import { yesNo } from '../values.ts';

export const client: ServiceDirective = {
  summary: 'Only `no`: TLS comes in, plain bytes go out.',
  takes: 'no',
  default: 'no',
  example: 'client = no',
  apply(value, draft, problems) {
    draft.client = yesNo(value, problems) === true;
    if (draft.client) problems.error(value.at, 'not supported yet: client = yes (plain in, TLS out)');
  },
};
