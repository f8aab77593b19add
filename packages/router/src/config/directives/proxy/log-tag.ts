import { EVERYWHERE } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';

export const logTag: ProxyDirective = {
  sections: EVERYWHERE,
  doc: "The program name in this proxy's syslog lines. Default: the global one.",
  example: 'log-tag shop',
  apply(cursor, draft) {
    const tag = cursor.need('a name');
    if (tag !== undefined) draft.settings.logTag = tag.text;
    cursor.end();
  },
};
