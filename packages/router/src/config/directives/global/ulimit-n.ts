import type { GlobalDirective } from '../../directive.ts';

export const ulimitN: GlobalDirective = {
  doc: 'Read and ignored with a warning: a Node.js process cannot raise its own limit. Set it where the router is started (LimitNOFILE, ulimits).',
  example: 'ulimit-n 65536',
  apply(cursor, _draft, { problems }) {
    problems.warning(cursor.at, 'ulimit-n has no effect: set the limit of open files where the router is started');
    cursor.integer('a number of file descriptors', 0, 1_000_000_000);
    cursor.end();
  },
};
