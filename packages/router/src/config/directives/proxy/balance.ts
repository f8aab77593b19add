import { BACK } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';
import { readBalance } from '../../balance.ts';

export const balance: ProxyDirective = {
  sections: BACK,
  doc: 'How a server is chosen: `roundrobin` (default), `static-rr`, `leastconn`, `first`, `source`, `uri [whole] [len N] [depth N] [path-only]`, `url_param NAME`, `hdr(NAME) [use_domain_only]`, `random[(N)]`.',
  example: 'balance source',
  apply(cursor, draft, { problems }) {
    const balance = readBalance(cursor, problems);
    if (balance !== undefined) draft.settings.balance = balance;
    cursor.end();
  },
};
