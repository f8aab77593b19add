import type { GlobalDirective } from '../../directive.ts';

export const nbproc: GlobalDirective = {
  doc: 'Number of workers. Read, but one process carries all traffic for now: more than 1 gives a warning. Default 1.',
  example: 'nbproc 1',
  apply(cursor, draft, { problems }) {
    const { at } = cursor;
    const value = cursor.integer('a number of workers', 1, 64);
    if (value !== undefined) draft.nbproc = value;
    if (value !== undefined && value > 1)
      problems.warning(at, `nbproc ${value}: one process carries all traffic for now; workers come later`);
    cursor.end();
  },
};
