import type { GlobalDirective } from '../../directive.ts';

export const pidfile: GlobalDirective = {
  doc: 'Where the number of the process is written; -p wins over it. Default: nowhere.',
  example: 'pidfile /run/router.pid',
  apply(cursor, draft) {
    const path = cursor.need('a path');
    if (path !== undefined) draft.pidFile = path.text;
    cursor.end();
  },
};
