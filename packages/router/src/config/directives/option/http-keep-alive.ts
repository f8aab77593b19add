import { EVERYWHERE } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';

export const httpKeepAlive: ProxyDirective = {
  sections: EVERYWHERE,
  doc: 'Keeps both connections for further exchanges (the default). The last of the three given in a proxy counts.',
  example: 'option http-keep-alive',
  apply(cursor, draft) {
    draft.settings.connectionMode = 'keep-alive';
    cursor.end();
  },
  negate(draft) {
    if (draft.settings.connectionMode === 'keep-alive') delete draft.settings.connectionMode;
  },
};
