import { EVERYWHERE } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';
import { readLogTarget } from '../../log-target.ts';

export const log: ProxyDirective = {
  sections: EVERYWHERE,
  doc: 'A receiver of logs: `log ADDRESS [len N] [format F] FACILITY [LEVEL [MINLEVEL]]`. The address is `host[:514]` (UDP), a unix socket, `file:/path`, `stdout` or `stderr`; the format `local`, `rfc3164`, `rfc5424`, `short` or `raw`. `log global` takes those of the global section. `no log` drops inherited ones.',
  example: 'log 127.0.0.1 local1',
  apply(cursor, draft, context) {
    if (cursor.accept('global')) draft.settings.logGlobal = true;
    else {
      const target = readLogTarget(cursor, context);
      if (target !== undefined) draft.settings.log.push(target);
    }
    cursor.end();
  },
  negate(draft) {
    draft.settings.logGlobal = false;
    draft.settings.log = [];
  },
};
