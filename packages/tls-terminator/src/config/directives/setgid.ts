import type { GlobalDirective } from '../directive.ts';
import { account } from '../account.ts';

export const setgid: GlobalDirective = {
  summary: 'Group the process changes to once its ports are bound.',
  takes: 'name or number',
  default: 'stay what started it',
  example: 'setgid = nogroup',
  apply(value, draft, problems) {
    draft.group = account(value, problems);
  },
};
