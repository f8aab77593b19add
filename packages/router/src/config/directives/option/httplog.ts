import { FRONT } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';

export const httplog: ProxyDirective = {
  sections: FRONT,
  doc: "Access lines in HAProxy's HTTP format; `clf` for the Common Log Format.",
  example: 'option httplog',
  apply(cursor, draft) {
    draft.settings.logFormat = cursor.accept('clf') ? 'httplog-clf' : 'httplog';
    cursor.end();
  },
};
