import { EVERYWHERE } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';

export const httpServerClose: ProxyDirective = {
  sections: EVERYWHERE,
  doc: "Ends the server connection after each exchange and keeps the client's.",
  example: 'option http-server-close',
  apply(cursor, draft) {
    draft.settings.connectionMode = 'server-close';
    cursor.end();
  },
  negate(draft) {
    if (draft.settings.connectionMode === 'server-close') delete draft.settings.connectionMode;
  },
};
