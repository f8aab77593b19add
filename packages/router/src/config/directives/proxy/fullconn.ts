import { BACK } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';

export const fullconn: ProxyDirective = {
  sections: BACK,
  doc: 'Load at which servers with `minconn` reach their `maxconn`. Default: a tenth of the maxconn of the frontends.',
  example: 'fullconn 1000',
  apply(cursor, draft) {
    const value = cursor.integer('a number of requests', 1, 10_000_000);
    if (value !== undefined) draft.settings.fullconn = value;
    cursor.end();
  },
};
