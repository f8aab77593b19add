import type { GlobalDirective } from '../../directive.ts';

export const tuneBufsize: GlobalDirective = {
  doc: 'With tune.maxrewrite, bounds a request or response head: bufsize - maxrewrite bytes, 15360 by default.',
  example: 'tune.bufsize 16384',
  apply(cursor, draft) {
    const value = cursor.size('a size in bytes');
    if (value !== undefined) draft.bufsize = value;
    cursor.end();
  },
};
