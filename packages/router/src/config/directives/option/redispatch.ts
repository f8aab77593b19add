import { BACK } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';

export const redispatch: ProxyDirective = {
  sections: BACK,
  doc: 'Lets a retry go to another server: the last one only, or with a number every Nth one. `roundrobin`, `static-rr`, `leastconn`, `first` and `random`, for which any server will do, ask another at each retry and without a pause.',
  example: 'option redispatch',
  apply(cursor, draft) {
    draft.settings.redispatch = -1;
    if (cursor.peek() !== undefined) {
      const value = cursor.integer('a number of retries', 0, 100);
      if (value !== undefined) draft.settings.redispatch = value;
    }
    cursor.end();
  },
  negate(draft) {
    draft.settings.redispatch = 0;
  },
};
