import type { GlobalDirective } from '../../directive.ts';

export const nbthread: GlobalDirective = {
  doc: 'Threads are not how the router scales: 1 is accepted, more gives a warning.',
  example: 'nbthread 1',
  apply(cursor, _draft, { problems }) {
    const { at } = cursor;
    const value = cursor.integer('a number of threads', 1, 1024);
    if (value !== undefined && value > 1)
      problems.warning(at, `nbthread ${value} has no effect: the router has one thread of JavaScript`);
    cursor.end();
  },
};
