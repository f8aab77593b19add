import type { GlobalDirective } from '../../directive.ts';

export const maxconn: GlobalDirective = {
  doc: 'Client connections in the whole process; further ones wait, accepted and not read, at most 4096 at each address. Default: as many as the limit of open files leaves room for. One that the limit cannot carry stops the start.',
  example: 'maxconn 4096',
  apply(cursor, draft) {
    const value = cursor.integer('a number of connections', 1, 10000000);
    if (value !== undefined) draft.maxconn = value;
    cursor.end();
  },
};
