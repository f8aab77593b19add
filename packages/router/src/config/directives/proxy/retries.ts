import { BACK } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';

export const retries: ProxyDirective = {
  sections: BACK,
  doc: 'Further attempts after a failed one. Default 3.',
  example: 'retries 3',
  apply(cursor, draft) {
    const value = cursor.integer('a number of attempts', 0, 100);
    if (value !== undefined) draft.settings.retries = value;
    cursor.end();
  },
};
