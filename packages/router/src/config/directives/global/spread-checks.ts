import type { GlobalDirective } from '../../directive.ts';

export const spreadChecks: GlobalDirective = {
  doc: 'Spreads health checks by plus or minus this percentage of their interval, 0 to 50. Default 0.',
  example: 'spread-checks 5',
  apply(cursor, draft) {
    const value = cursor.integer('a percentage', 0, 50);
    if (value !== undefined) draft.spreadChecks = value;
    cursor.end();
  },
};
