import { FRONT } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';

export const maxconn: ProxyDirective = {
  sections: FRONT,
  doc: 'Client connections of this frontend; further ones wait as they do for the global limit. Default: only the global limit.',
  example: 'maxconn 2000',
  apply(cursor, draft) {
    const value = cursor.integer('a number of connections', 0, 10_000_000);
    if (value !== undefined) draft.settings.maxconn = value;
    cursor.end();
  },
};
