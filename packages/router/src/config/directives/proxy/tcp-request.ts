import { FRONTENDS } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';
import { compileConnectionRule } from '../../../rules/compile.ts';

export const tcpRequest: ProxyDirective = {
  sections: FRONTENDS,
  doc: '`tcp-request connection accept|reject|expect-proxy layer4 [if|unless CONDITION]`: a rule on each connection, before a byte is read.',
  example: 'tcp-request connection reject if { src 192.0.2.0/24 }',
  strict: true,
  apply(cursor, draft, { problems }) {
    const stage = cursor.choice('stage', ['connection'], ['content', 'session', 'inspect-delay']);
    if (stage === undefined) return;
    const rule = compileConnectionRule(cursor.statement, draft.scope, problems);
    if (rule !== undefined) draft.connectionRules.push(rule);
  },
};
