import { BACK } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';

export const httpReuse: ProxyDirective = {
  sections: BACK,
  doc: 'Which requests share server connections: with `safe` (default) the first of a client connection goes on a fresh one and later ones on any; with `aggressive` the first may go on one that has served twice, with `always` on any; with `never` each client connection has its own. A `retry-on` of `conn-failure empty-response response-timeout` makes `safe` share first requests too. A connection on which a client logs in (NTLM, Negotiate) is always its own.',
  example: 'http-reuse always',
  apply(cursor, draft) {
    const reuse = cursor.choice('reuse', ['never', 'safe', 'aggressive', 'always']);
    if (reuse !== undefined) draft.settings.reuse = reuse;
    cursor.end();
  },
};
