import type { GlobalDirective } from '../../directive.ts';

export const tuneMaxrewrite: GlobalDirective = {
  doc: 'The part of tune.bufsize that heads may not use. Default 1024.',
  example: 'tune.maxrewrite 1024',
  apply(cursor, draft) {
    const value = cursor.size('a size in bytes');
    if (value !== undefined) draft.maxrewrite = value;
    cursor.end();
  },
};
