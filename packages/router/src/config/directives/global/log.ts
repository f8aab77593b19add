import type { GlobalDirective } from '../../directive.ts';
import { readLogTarget } from '../../log-target.ts';

export const log: GlobalDirective = {
  doc: 'A receiver of logs, for proxies that say `log global`; written as the proxies\' own `log`.',
  example: 'log /dev/log local0 info',
  apply(cursor, draft, { problems }) {
    const target = readLogTarget(cursor, problems);
    if (target !== undefined) draft.log.push(target);
    cursor.end();
  },
};
