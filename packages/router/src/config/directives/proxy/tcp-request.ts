import { PROXIES, hasNoEffect } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';
import { compileConnectionRule, compileContentRule } from '../../../rules/compile.ts';

export const tcpRequest: ProxyDirective = {
  sections: PROXIES,
  doc: '`tcp-request connection accept|reject|expect-proxy layer4 [if|unless CONDITION]`: a rule on each connection, before a byte is read (frontends). `tcp-request content accept|reject [if|unless CONDITION]`: a rule on each request, read before `http-request`. `tcp-request inspect-delay` is accepted and has no effect.',
  example: 'tcp-request content reject if { src 192.0.2.0/24 } { path_beg /internal }',
  strict: true,
  apply(cursor, draft, { problems }) {
    const stage = cursor.choice('stage', ['connection', 'content', 'inspect-delay'], ['session']);
    if (stage === 'inspect-delay') {
      const { at } = cursor;
      cursor.duration('a duration');
      cursor.end();
      hasNoEffect(
        at,
        'tcp-request inspect-delay',
        "rules see a complete request head, 'timeout http-request' bounds the wait",
        problems,
      );
    } else if (stage === 'content') {
      const rule = compileContentRule(cursor.statement, draft.scope, problems);
      if (rule !== undefined) draft.contentRules.push(rule);
    } else if (stage === 'connection' && draft.kind === 'backend')
      problems.error(cursor.at, "'tcp-request connection' is not allowed in 'backend'; it belongs in frontend, listen");
    else if (stage === 'connection') {
      const rule = compileConnectionRule(cursor.statement, draft.scope, problems);
      if (rule !== undefined) draft.connectionRules.push(rule);
    }
  },
};
