import type { GlobalDirective } from '../../directive.ts';

export const tuneHttpMaxhdr: GlobalDirective = {
  doc: 'Most lines of a head, the first line included; a longer one is refused. Default 101.',
  example: 'tune.http.maxhdr 101',
  apply(cursor, draft) {
    const value = cursor.integer('a number of lines', 2, 32_767);
    if (value !== undefined) draft.maxHeaders = value - 1;
    cursor.end();
  },
};
