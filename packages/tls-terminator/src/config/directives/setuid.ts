import type { GlobalDirective } from '../directive.ts';
import { account } from '../account.ts';

export const setuid: GlobalDirective = {
  summary: 'User the process changes to once its ports are bound.',
  takes: 'name or number',
  default: 'stay what started it',
  example: 'setuid = nobody',
  apply(value, draft, problems) {
    draft.user = account(value, problems);
  },
};
