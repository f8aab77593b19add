import type { GlobalDirective } from '../../directive.ts';

export const maxconn: GlobalDirective = {
  doc: 'Client connections in the whole process; further ones wait in the kernel. Default: as many as the file descriptor limit allows.',
  example: 'maxconn 4096',
  apply(cursor, draft) {
    const value = cursor.integer('a number of connections', 1, 10000000);
    if (value !== undefined) draft.maxconn = value;
    cursor.end();
  },
};
