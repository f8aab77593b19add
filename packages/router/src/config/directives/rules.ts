/** ACLs and rules for connections, requests and responses. */
import {
  compileAfterResponse,
  compileConnectionRule,
  compileContentRule,
  compileHttpRequest,
  compileHttpResponse,
  compileRedirect,
  compileResponseContentRule,
  compileSessionRule,
  compileUseBackend,
} from '../../rules/compile.ts';
import type { Cursor } from '@headgate/shared/config/cursor';
import type { Problems } from '@headgate/shared/config/problem';
import { hasNoEffect, proxyValue } from '../directive.ts';
import type { ProxyDirective } from '../directive.ts';
import type { ProxyDraft } from '../draft.ts';
import { phases } from '../../sample/phase.ts';
import { BACKENDS, FRONT, FRONTENDS, PROXIES } from '../sections.ts';

/** The stages of `tcp-request`. */
const STAGES = {
  connection: { compile: compileConnectionRule, rules: 'connectionRules' },
  session: { compile: compileSessionRule, rules: 'sessionRules' },
  content: { compile: compileContentRule, rules: 'contentRules' },
} as const;

/** In mode http nothing is waited for: rules on contents see complete heads. */
function inspectDelay(cursor: Cursor, keyword: string, draft: ProxyDraft, problems: Problems): void {
  const { at } = cursor;
  const delay = cursor.duration('a duration');
  cursor.end();
  if (draft.scope.requestPhase === phases.stream) {
    if (delay !== undefined) draft.settings.inspectDelay = { ...draft.settings.inspectDelay, [keyword]: delay };
    return;
  }
  const why = "rules see a complete head, 'timeout http-request' and 'timeout server' bound the wait";
  hasNoEffect(at, `${keyword} inspect-delay`, why, problems);
}

export const rules = {
  acl: {
    sections: PROXIES,
    doc: 'Names a test: `acl NAME CRITERION [flags] [patterns]`. Lines with one name are OR. Must stand before the rules that use it.',
    example: 'acl is_ws hdr(Upgrade) -i WebSocket\nhttp-request set-header X-Socket yes if is_ws',
    strict: true,
    apply(cursor, draft) {
      draft.scope.define(cursor.statement);
    },
  },
  default_backend: proxyValue(
    {
      sections: FRONT,
      doc: 'The backend of requests that no use_backend rule took. Without one they get a 503.',
      example: 'default_backend b',
    },
    (cursor) => cursor.need('the name of a backend'),
    (settings, word) => void (settings.defaultBackend = word),
  ),
  'http-request': {
    sections: PROXIES,
    doc: 'A rule on each request: `http-request ACTION … [if|unless CONDITION]`, read from top to bottom before `redirect` and `use_backend`. In a haproxy.cfg a `defaults` section with a name may hold rules (`http-request`, `http-response`, `http-after-response`, `tcp-request`, `tcp-response`, and the `acl` lines for them): they are read before those of the proxies that take their settings from it.',
    example: 'http-request deny if { path_beg /private }',
    strict: true,
    apply(cursor, draft, { problems }) {
      const { at } = cursor.statement.words[0];
      if (draft.redirects.length > 0)
        problems.warning(at, "this 'http-request' appears after a 'redirect' but is evaluated before it");
      else if (draft.useBackends.length > 0)
        problems.warning(at, "this 'http-request' appears after a 'use_backend' but is evaluated before it");
      const rule = compileHttpRequest(cursor.statement, draft.scope, problems);
      if (rule !== undefined) draft.requestRules.push(rule);
    },
  },
  'http-response': {
    sections: PROXIES,
    doc: "A rule on each answer of a server: `http-response ACTION … [if|unless CONDITION]`. A backend's rules are read before its frontend's.",
    example: 'http-response del-header X-Powered-By',
    strict: true,
    apply(cursor, draft, { problems }) {
      const rule = compileHttpResponse(cursor.statement, draft.scope, problems);
      if (rule !== undefined) draft.responseRules.push(rule);
    },
  },
  'http-after-response': {
    sections: PROXIES,
    doc: "A rule on every answer, the router's own included: `http-after-response ACTION … [if|unless CONDITION]`, read after `http-response`.",
    example: 'http-after-response set-header Strict-Transport-Security max-age=31536000',
    strict: true,
    apply(cursor, draft, { problems }) {
      const rule = compileAfterResponse(cursor.statement, draft.scope, problems);
      if (rule !== undefined) draft.afterResponseRules.push(rule);
    },
  },
  redirect: {
    sections: PROXIES,
    doc: 'Answers with a redirect: `redirect prefix|location|scheme TO [code N] [drop-query] [append-slash] [if|unless CONDITION]`. Runs after http-request and before use_backend rules.',
    example: 'redirect scheme https if { path_beg /account }',
    strict: true,
    apply(cursor, draft, { problems }) {
      if (draft.useBackends.length > 0)
        problems.warning(
          cursor.statement.words[0].at,
          "this 'redirect' appears after a 'use_backend' but is evaluated before it",
        );
      const rule = compileRedirect(cursor.statement, draft.scope, problems);
      if (rule !== undefined) draft.redirects.push(rule);
    },
  },
  'tcp-request': {
    sections: PROXIES,
    doc: '`tcp-request connection ACTION [if|unless CONDITION]`: a rule on each connection when it is accepted, before a PROXY header is read. `tcp-request session …`: the same once the client is known. `tcp-request content …`: a rule on each request, read before `http-request`; in mode tcp a rule on the first bytes of the connection, which are waited for up to `tcp-request inspect-delay`. Actions: accept, reject, silent-drop, track-sc0 to track-sc2, sc-inc-gpc, sc-set-gpt, set-var, set-src and the like; expect-proxy layer4 for connections. In mode http `tcp-request inspect-delay` has no effect.',
    example: 'tcp-request content reject if { src 192.0.2.0/24 } { path_beg /internal }',
    strict: true,
    apply(cursor, draft, { problems }) {
      const stage = cursor.choice('stage', ['connection', 'session', 'content', 'inspect-delay']);
      if (stage === 'inspect-delay') inspectDelay(cursor, 'tcp-request', draft, problems);
      else if (stage !== undefined) {
        if (stage !== 'content' && draft.kind === 'backend') {
          problems.error(
            cursor.at,
            `'tcp-request ${stage}' is not allowed in 'backend'; it belongs in frontend, listen`,
          );
          return;
        }
        const { compile, rules: list } = STAGES[stage];
        const rule = compile(cursor.statement, draft.scope, problems);
        if (rule !== undefined) draft[list].push(rule);
      }
    },
  },
  'tcp-response': {
    sections: BACKENDS,
    doc: '`tcp-response content ACTION [if|unless CONDITION]`: a rule on each response of a server, read before `http-response`. Actions: accept, reject (closes the connection to the client), close (as if the server had closed: 502), silent-drop, set-var, sc-inc-gpc, sc-set-gpt and the like. `tcp-response inspect-delay` is accepted and has no effect.',
    example: 'tcp-response content sc-inc-gpc0(0) if { status 401 }',
    strict: true,
    apply(cursor, draft, { problems }) {
      const stage = cursor.choice('stage', ['content', 'inspect-delay']);
      if (stage === 'inspect-delay') inspectDelay(cursor, 'tcp-response', draft, problems);
      else if (stage === 'content') {
        const rule = compileResponseContentRule(cursor.statement, draft.scope, problems);
        if (rule !== undefined) draft.responseContentRules.push(rule);
      }
    },
  },
  use_backend: {
    sections: FRONTENDS,
    doc: '`use_backend NAME [if|unless CONDITION]`: the first that applies decides the backend.',
    example: 'use_backend b if { path_beg /api }',
    strict: true,
    apply(cursor, draft, { problems }) {
      const backend = cursor.peek();
      const rule = compileUseBackend(cursor.statement, draft.scope, problems);
      if (rule !== undefined && backend !== undefined) draft.useBackends.push({ rule, backend });
    },
  },
} as const satisfies Record<string, ProxyDirective>;
