import type { GlobalDirective } from '../../directive.ts';

export const hardStopAfter: GlobalDirective = {
  doc: 'How long a stopping process waits for what is open before it closes it. Default: for ever.',
  example: 'hard-stop-after 30s',
  apply(cursor, draft) {
    const value = cursor.duration('a duration');
    if (value !== undefined) draft.hardStopAfter = value;
    cursor.end();
  },
};
