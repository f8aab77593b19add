import { FRONT } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';

export const monitorUri: ProxyDirective = {
  sections: FRONT,
  doc: 'A path that is answered 200 here, before any rule, and never logged.',
  example: 'monitor-uri /alive',
  apply(cursor, draft) {
    const word = cursor.need('a path');
    if (word !== undefined) draft.settings.monitorUri = word.text;
    cursor.end();
  },
};
