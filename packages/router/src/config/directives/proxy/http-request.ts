import { PROXIES } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';
import { compileHttpRequest } from '../../../rules/compile.ts';

export const httpRequest: ProxyDirective = {
  sections: PROXIES,
  doc: 'A rule on each request: `http-request ACTION … [if|unless CONDITION]`, read from top to bottom before `redirect` and `use_backend`.',
  example: 'http-request deny if { path_beg /private }',
  strict: true,
  apply(cursor, draft, { problems }) {
    const { at } = cursor.statement.words[0];
    if (draft.redirects.length > 0)
      problems.warning(at, "this 'http-request' stands after a 'redirect' and is still read before it");
    else if (draft.useBackends.length > 0)
      problems.warning(at, "this 'http-request' stands after a 'use_backend' and is still read before it");
    const rule = compileHttpRequest(cursor.statement, draft.scope, problems);
    if (rule !== undefined) draft.requestRules.push(rule);
  },
};
