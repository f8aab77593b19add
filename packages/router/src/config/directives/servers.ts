/** Servers and the connections to them. */
import { proxyValue } from '../directive.ts';
import type { ProxyDirective } from '../directive.ts';
import { checkName } from '../names.ts';
import { BACK, BACKENDS } from '../sections.ts';
import { readServerAddress, readServerParameters } from '../server.ts';

export const servers = {
  'default-server': {
    sections: BACK,
    doc: 'Parameters of the servers that follow.',
    example: 'default-server check inter 5s rise 2 fall 3',
    apply(cursor, draft, context) {
      readServerParameters(cursor, draft.settings.server, context);
    },
  },
  'http-reuse': proxyValue(
    {
      sections: BACK,
      doc: 'Which requests share server connections: with `safe` the first of a client connection goes on a fresh one and later ones on any; with `aggressive` the first may go on one that has served twice, with `always` on any; with `never` each client connection has its own. A `retry-on` of `conn-failure empty-response response-timeout` makes `safe` share first requests too. A connection on which a client logs in (NTLM, Negotiate) is always its own.',
      example: 'http-reuse always',
      default: 'safe',
    },
    (cursor) => cursor.choice('reuse', ['never', 'safe', 'aggressive', 'always'] as const),
    (settings, reuse) => void (settings.reuse = reuse),
  ),
  server: {
    sections: BACKENDS,
    doc: 'A server: `server NAME ADDRESS:PORT [parameters]`; the address may be a name, an IP address or a unix socket, with environment variables as `$NAME` or `${NAME}`. The parameters are listed below.',
    example: 'server s1 localhost:3000 weight 1 maxconn 1024 check inter 10s',
    strict: true,
    apply(cursor, draft, context) {
      const { problems } = context;
      const name = cursor.need('a name');
      const address = name === undefined ? undefined : cursor.need('an address');
      if (name === undefined || address === undefined) return;
      checkName('server', name, problems);
      const parameters = { ...draft.settings.server };
      readServerParameters(cursor, parameters, context);
      const where = readServerAddress(address, context);
      if (where !== undefined) draft.servers.push({ name: name.text, at: name.at, address: where, parameters });
    },
  },
} as const satisfies Record<string, ProxyDirective>;
