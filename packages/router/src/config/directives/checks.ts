/** Health checks: what is sent to servers, and which response is a success. */
import { globalValue } from '../directive.ts';
import type { Cursor } from '@headgate/shared/config/cursor';
import type { Context, GlobalDirective, ProxyDirective } from '../directive.ts';
import { ldapCheck, helloCheck, mysqlCheck, pgsqlCheck, redisCheck, smtpCheck } from '../../checks/protocols.ts';
import type { CheckScript } from '../../model/check.ts';
import { phases } from '../../sample/phase.ts';
import { readHttpCheck, readHttpchk } from '../check/http.ts';
import { readTcpCheck } from '../check/tcp.ts';
import { readWebSocketCheck } from '../check/web-socket.ts';
import { BACK } from '../sections.ts';

export const globalChecks = {
  'spread-checks': globalValue(
    {
      doc: 'Spreads health checks by plus or minus this percentage of their interval, 0 to 50.',
      example: 'spread-checks 5',
      default: 0,
    },
    (cursor) => cursor.integer('a percentage', 0, 50),
    (draft, value) => void (draft.spreadChecks = value),
  ),
  'max-spread-checks': globalValue(
    {
      doc: 'The most time between the first checks of the first and the last server; 0 for no limit.',
      example: 'max-spread-checks 5s',
      default: 0,
    },
    (cursor) => cursor.duration('a duration'),
    (draft, value) => void (draft.maxSpreadChecks = value),
  ),
  'external-check': {
    doc: 'Lets checks start programs (`option external-check`). Without it none is ever started.',
    example: 'external-check',
    apply(cursor, draft) {
      draft.externalChecks = true;
      cursor.end();
    },
  },
} as const satisfies Record<string, GlobalDirective>;

export const checks = {
  'http-check': {
    sections: BACK,
    doc: 'One step of the checks that `option httpchk` turns on: `connect`, `send`, `expect`, `comment`, `set-var(…)`, `unset-var(…)`, in order; `disable-on-404` takes a server that answers 404 out of balancing without taking it down, `send-state` tells it how it is seen. Headers go out as they are given, a `Connection` too; `Content-Length` is counted. See [health checks](health-checks.md).',
    example:
      'http-check send meth GET uri /health ver HTTP/1.1 hdr Host example.org\nhttp-check expect status 200-299\nhttp-check expect ! rstring "(?i)error"\nhttp-check disable-on-404',
    apply(cursor, draft) {
      readHttpCheck(cursor, draft, { ...draft.scope.expressions, phase: phases.check });
    },
  },
  'external-check': {
    sections: BACK,
    doc: 'The program that `option external-check` runs, `external-check command FILE`, and its PATH, `external-check path FOLDERS`. Default: an empty PATH. See [health checks](health-checks.md#programs).',
    example: 'external-check command /usr/local/bin/check-app\nexternal-check path /usr/bin:/bin',
    apply(cursor, { settings }) {
      const what = cursor.choice('setting', ['command', 'path']);
      const word = what === undefined ? undefined : cursor.need(what === 'command' ? 'a program' : 'folders');
      if (word === undefined) return;
      settings.external = { ...settings.external, ...(what === 'command' ? { command: word } : { path: word.text }) };
      cursor.end();
    },
  },
  'tcp-check': {
    sections: BACK,
    doc: 'One step of the checks that `option tcp-check` turns on: `connect`, `send`, `send-lf`, `send-binary`, `send-binary-lf`, `expect`, `comment`, `set-var(…)`, `unset-var(…)`, in order. See [health checks](health-checks.md).',
    example: 'tcp-check connect port 6379\ntcp-check send "PING\\r\\n"\ntcp-check expect string +PONG',
    apply(cursor, draft) {
      readTcpCheck(cursor, draft, { ...draft.scope.expressions, phase: phases.check });
    },
  },
} as const satisfies Record<string, ProxyDirective>;

/** A check that is one option: a protocol's first messages. */
function protocol(
  doc: string,
  example: string,
  read: (cursor: Cursor, context: Context) => CheckScript | undefined,
): ProxyDirective {
  return {
    sections: BACK,
    doc: `${doc} Servers need \`check\`.`,
    example,
    apply(cursor, { settings }, context) {
      const script = read(cursor, context);
      if (script !== undefined) settings.checkKind = { kind: 'protocol', script };
      cursor.end();
    },
  };
}

/** `user NAME`, as far as it is there. */
function user(cursor: Cursor): string | undefined {
  return cursor.accept('user') ? cursor.need('the name of a user')?.text : undefined;
}

export const checkOptions = {
  httpchk: {
    sections: BACK,
    doc: 'Health checks over HTTP: `option httpchk [METHOD] [URI [VERSION]]`, by default `OPTIONS / HTTP/1.0`; 2xx and 3xx are healthy. Servers need `check`. A backend with its own `option httpchk` or `http-check` lines takes over none of those of its `defaults`.',
    example: 'option httpchk GET /health',
    apply(cursor, draft, { problems }) {
      readHttpchk(cursor, draft, problems);
      cursor.end();
    },
  },
  'tcp-check': {
    sections: BACK,
    doc: 'Health checks follow the `tcp-check` lines; without any they connect. Servers need `check`.',
    example: 'option tcp-check',
    apply(cursor, { settings }) {
      settings.checkKind = { kind: 'tcp-check' };
      cursor.end();
    },
  },
  'websocket-check': protocol(
    'Checks that the server opens WebSockets, which HAProxy cannot: `option websocket-check [URI] [host NAME] [protocol NAME] [hdr NAME VALUE]… [ping]` makes a real upgrade, verifies `101` and `Sec-WebSocket-Accept`, with `ping` waits for a Pong too, and closes the WebSocket properly. `protocol`: a subprotocol that the server has to agree to. Default: `/`, and the address of the server as host.',
    'option websocket-check /socket host app.example.org ping',
    readWebSocketCheck,
  ),
  'external-check': {
    sections: BACK,
    doc: 'Health checks run the program of `external-check command`: a server is healthy while it exits with 0. Needs `external-check` in `global`; servers need `check`. See [health checks](health-checks.md#programs).',
    example: 'option external-check\nexternal-check command /usr/local/bin/check-app',
    apply(cursor, { settings }) {
      settings.checkKind = { kind: 'external', at: cursor.at };
      cursor.end();
    },
  },
  'redis-check': protocol('Checks that the server answers `PING` with `+PONG`.', 'option redis-check', redisCheck),
  smtpchk: protocol(
    'Checks an SMTP server: its greeting, then `HELO localhost`, or `EHLO` or `HELO` with a name, then `QUIT`.',
    'option smtpchk EHLO mail.example.org',
    (cursor) => {
      const [greeting, name] = [cursor.next(), cursor.next()];
      const usual = name === undefined || (greeting?.text !== 'EHLO' && greeting?.text !== 'HELO');
      return smtpCheck(usual ? 'HELO localhost' : `${greeting.text} ${name.text}`);
    },
  ),
  'mysql-check': protocol(
    'Checks that a MySQL server greets; with `user NAME` also that this user can log in without a password. `pre-41`: by the protocol of clients before MySQL 4.1.',
    'option mysql-check user probe',
    (cursor) => {
      const name = user(cursor);
      const old = name !== undefined && cursor.accept('pre-41');
      if (name !== undefined) cursor.accept('post-41');
      return mysqlCheck(name, old);
    },
  ),
  'pgsql-check': protocol(
    'Checks that a PostgreSQL server answers the start of a session of this user.',
    'option pgsql-check user probe',
    (cursor) => {
      if (cursor.peek()?.text !== 'user') return void cursor.choice('argument', ['user']);
      const name = user(cursor);
      return name === undefined ? undefined : pgsqlCheck(name);
    },
  ),
  'ldap-check': protocol('Checks that an LDAPv3 server accepts an anonymous bind.', 'option ldap-check', ldapCheck),
  'ssl-hello-chk': protocol(
    'Checks that the server answers a TLS ClientHello, with a handshake or an alert. HAProxy sends one of SSL 3.0, ours is of TLS 1.2.',
    'option ssl-hello-chk',
    helloCheck,
  ),
} as const satisfies Record<string, ProxyDirective>;
