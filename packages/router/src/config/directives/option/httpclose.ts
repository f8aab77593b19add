import { EVERYWHERE } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';

export const httpclose: ProxyDirective = {
  sections: EVERYWHERE,
  doc: "Ends connections after one exchange: the server's in a backend, the client's too when it stands in a frontend.",
  example: 'option httpclose',
  apply(cursor, draft) {
    draft.settings.connectionMode = 'close';
    cursor.end();
  },
  negate(draft) {
    if (draft.settings.connectionMode === 'close') delete draft.settings.connectionMode;
  },
};
