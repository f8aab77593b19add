import { PROXIES } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';

export const acl: ProxyDirective = {
  sections: PROXIES,
  doc: 'Names a test: `acl NAME CRITERION [flags] [patterns]`. Lines with one name are OR. Must stand before the rules that use it.',
  example: 'acl is_ws hdr(Upgrade) -i WebSocket',
  strict: true,
  apply(cursor, draft) {
    draft.scope.define(cursor.statement);
  },
};
