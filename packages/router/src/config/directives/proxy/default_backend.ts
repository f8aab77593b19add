import { FRONT } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';

export const defaultBackend: ProxyDirective = {
  sections: FRONT,
  doc: 'The backend of requests that no use_backend rule took. Without one they get a 503.',
  example: 'default_backend b',
  apply(cursor, draft) {
    const word = cursor.need('the name of a backend');
    if (word !== undefined) draft.settings.defaultBackend = word;
    cursor.end();
  },
};
