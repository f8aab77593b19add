import type { GlobalDirective } from '../../directive.ts';

export const logTag: GlobalDirective = {
  doc: 'The program name in syslog lines. Default `router`.',
  example: 'log-tag router',
  apply(cursor, draft) {
    const tag = cursor.need('a name');
    if (tag !== undefined) draft.logTag = tag.text;
    cursor.end();
  },
};
