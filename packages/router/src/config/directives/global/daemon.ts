import type { GlobalDirective } from '../../directive.ts';

export const daemon: GlobalDirective = {
  doc: 'Goes to the background once it serves, as -D does.',
  example: 'daemon',
  apply(cursor, draft) {
    draft.daemon = true;
    cursor.end();
  },
};
