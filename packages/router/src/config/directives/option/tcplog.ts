import { FRONT } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';

export const tcplog: ProxyDirective = {
  sections: FRONT,
  doc: "Access lines in HAProxy's TCP format.",
  example: 'option tcplog',
  apply(cursor, draft) {
    draft.settings.logFormat = 'tcplog';
    cursor.end();
  },
};
