/** What brings a client back to its server. */
import { compilePersistRule, compileUseServer } from '../../rules/servers.ts';
import { compileStick } from '../../rules/stick.ts';
import { readStickyCookie } from '../sticky-cookie.ts';
import { readStickyPreset } from '../sticky-preset.ts';
import { proxyValue } from '../directive.ts';
import type { ProxyDirective } from '../directive.ts';
import { BACK, BACKENDS } from '../sections.ts';

function persistRule(kind: 'force' | 'ignore', doc: string, example: string): ProxyDirective {
  return {
    sections: BACKENDS,
    doc,
    example,
    apply(cursor, draft, { problems }) {
      const rule = compilePersistRule(cursor.statement, kind, draft.scope, problems);
      if (rule !== undefined) draft.persistRules.push(rule);
    },
  };
}

export const persistence = {
  cookie: proxyValue(
    {
      sections: BACK,
      doc: 'The cookie by which a client comes back to its server: `cookie NAME [insert|rewrite|prefix] [indirect] [nocache] [postonly] [preserve] [httponly] [secure] [domain D]… [attr TEXT]… [maxidle TIME] [maxlife TIME] [dynamic]`, times in seconds. Servers say their value with `cookie`. See [stickiness](stickiness.md).',
      example: 'cookie SRV insert indirect nocache httponly',
    },
    readStickyCookie,
    (settings, cookie) => void (settings.cookie = cookie),
  ),
  'dynamic-cookie-key': proxyValue(
    {
      sections: BACK,
      doc: 'The secret from which, with `cookie … dynamic`, the cookie values of servers are made that have none of their own.',
      example: 'dynamic-cookie-key some-secret',
    },
    (cursor) => cursor.need('a secret key'),
    (settings, { text }) => void (settings.dynamicCookieKey = text),
  ),
  'force-persist': persistRule(
    'force',
    '`force-persist if|unless CONDITION`: such requests go to the server their cookie names even if it is down or in maintenance, and stay there: to test a server before it comes back. The first of these and of the `ignore-persist` lines that holds counts.',
    'force-persist if { src 192.0.2.0/24 }',
  ),
  'ignore-persist': persistRule(
    'ignore',
    '`ignore-persist if|unless CONDITION`: `balance` chooses for such requests, and no cookie is set: for static files.',
    'ignore-persist if { path_end .css .js .png }',
  ),
  persist: proxyValue(
    {
      sections: BACK,
      doc: '`persist rdp-cookie[(NAME)]`, in mode tcp: an RDP client goes to the server whose address is in its cookie (default name: msts), as a session broker sends it back. Rules have to wait for the cookie: `tcp-request content accept if RDP_COOKIE` after `tcp-request inspect-delay`.',
      example: 'persist rdp-cookie',
    },
    (cursor, { problems }) => {
      const word = cursor.need('rdp-cookie');
      const found = /^rdp-cookie(?:\((.+)\))?$/.exec(word?.text ?? '');
      if (found === null && word !== undefined)
        problems.error(word.at, `'persist' needs 'rdp-cookie', not '${word.text}'`);
      return found === null ? undefined : (found[1] ?? 'msts');
    },
    (settings, name) => void (settings.rdpCookie = name),
  ),
  stick: {
    sections: BACKENDS,
    skipped: true,
    doc: 'Remembers in a stick table which server a client was sent to: `stick on|match|store-request|store-response EXPRESSION [table NAME] [if|unless CONDITION]`. `on` looks the key up and stores it, `match` looks it up only, `store-request` and `store-response` store a key of the request or the response with the server that answered. Without `table` the table is that of the backend. The first server found that is up counts, after `use-server` and cookies. See [stickiness](stickiness.md#stick-tables).',
    example: 'stick-table type ip size 200k expire 30m\nstick on src',
    apply(cursor, draft, { problems }) {
      const rule = compileStick(cursor.statement, draft.scope, problems);
      if (rule !== undefined) draft.sticks.push(rule);
    },
  },
  sticky: proxyValue(
    {
      sections: BACK,
      doc: 'A preset of ours: `sticky socket.io [path PATH] [size N] [expire TIME]` keeps every session of socket.io on the server that opened it, with and without cookies. The router reads the session id in the response that opens a session and in the query of later requests. `path` is the one of the application (default `/socket.io`); `size` sessions are remembered (100000), each for `expire` after its last request (5m). See [stickiness](stickiness.md#socketio).',
      example: 'sticky socket.io',
    },
    readStickyPreset,
    (settings, sessions) => void (settings.sessions = sessions),
  ),
  'use-server': {
    sections: BACKENDS,
    doc: 'Sends requests to one server: `use-server NAME if|unless CONDITION`; the name may be made of the request (`%[…]`). The first that holds and whose server is up counts, before any cookie.',
    example: 'server s1 127.0.0.1:3000\nuse-server s1 if { path_beg /admin }',
    apply(cursor, draft, { problems }) {
      const rule = compileUseServer(cursor.statement, draft.scope, problems);
      const name = cursor.need('the name of a server');
      if (rule !== undefined && name !== undefined) draft.useServers.push({ rule, name });
    },
  },
} as const satisfies Record<string, ProxyDirective>;
