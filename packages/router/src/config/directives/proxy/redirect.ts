import { PROXIES } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';
import { compileRedirect } from '../../../rules/compile.ts';

export const redirect: ProxyDirective = {
  sections: PROXIES,
  doc: 'Answers with a redirect: `redirect prefix|location|scheme TO [code N] [drop-query] [append-slash] [if|unless CONDITION]`. Runs after http-request and before use_backend rules.',
  example: 'redirect scheme https if { path_beg /account }',
  strict: true,
  apply(cursor, draft, { problems }) {
    if (draft.useBackends.length > 0)
      problems.warning(
        cursor.statement.words[0].at,
        "this 'redirect' stands after a 'use_backend' and is still read before it",
      );
    const rule = compileRedirect(cursor.statement, draft.scope, problems);
    if (rule !== undefined) draft.redirects.push(rule);
  },
};
