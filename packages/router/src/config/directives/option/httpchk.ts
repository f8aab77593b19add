import { BACK } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';
import { readHttpchk } from '../../http-check.ts';

export const httpchk: ProxyDirective = {
  sections: BACK,
  doc: 'Health checks ask over HTTP: `option httpchk [METHOD] [URI [VERSION]]`, by default `OPTIONS / HTTP/1.0`; 2xx and 3xx are healthy. Servers need `check`.',
  example: 'option httpchk GET /health',
  apply(cursor, draft, { problems }) {
    const check = readHttpchk(cursor, problems);
    if (check !== undefined) draft.settings.httpCheck = check;
    cursor.end();
  },
};
