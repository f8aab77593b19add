import { BACK } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';

export const httpReuse: ProxyDirective = {
  sections: BACK,
  doc: 'Whether the first request of a client connection may use a pooled server connection: `never`, `safe` (default: later requests only), `aggressive`, `always`.',
  example: 'http-reuse always',
  apply(cursor, draft) {
    const reuse = cursor.choice('reuse', ['never', 'safe', 'aggressive', 'always']);
    if (reuse !== undefined) draft.settings.reuse = reuse;
    cursor.end();
  },
};
