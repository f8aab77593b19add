import { FRONTENDS } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';
import { compileUseBackend } from '../../../rules/compile.ts';

export const useBackend: ProxyDirective = {
  sections: FRONTENDS,
  doc: '`use_backend NAME [if|unless CONDITION]`: the first that applies decides the backend.',
  example: 'use_backend b if { path_beg /api }',
  strict: true,
  apply(cursor, draft, { problems }) {
    const backend = cursor.peek();
    const rule = compileUseBackend(cursor.statement, draft.scope, problems);
    if (rule !== undefined && backend !== undefined) draft.useBackends.push({ rule, backend });
  },
};
