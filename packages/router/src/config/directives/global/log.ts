import type { GlobalDirective } from '../../directive.ts';
import { readLogTarget } from '../../log-target.ts';

export const log: GlobalDirective = {
  doc: "A receiver of logs, for proxies that say `log global`; written as the proxies' own `log`.",
  example: 'log 127.0.0.1:514 local0 info',
  apply(cursor, draft, context) {
    const target = readLogTarget(cursor, context);
    if (target !== undefined) draft.log.push(target);
    cursor.end();
  },
};
