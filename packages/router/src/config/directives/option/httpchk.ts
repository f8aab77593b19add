import { BACK } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';
import { readHttpchk } from '../../http-check.ts';

export const httpchk: ProxyDirective = {
  sections: BACK,
  doc: 'Health checks ask over HTTP: `option httpchk [METHOD] [URI [VERSION]]`, by default `OPTIONS / HTTP/1.0`; 2xx and 3xx are healthy. Servers need `check`. A backend with its own `option httpchk` or `http-check` lines takes over none of those of its `defaults`.',
  example: 'option httpchk GET /health',
  apply(cursor, draft, { problems }) {
    readHttpchk(cursor, draft, problems);
    cursor.end();
  },
};
