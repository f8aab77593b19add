/** Servers and the connections to them. */
import { checkHeaderName } from '../../rules/header-name.ts';
import { hasNoEffect, proxyValue } from '../directive.ts';
import type { ProxyDirective } from '../directive.ts';
import { checkName } from '../names.ts';
import { BACK, BACKENDS } from '../sections.ts';
import { readDispatch } from '../dispatch.ts';
import { readSource } from '../server-connections.ts';
import { contextFor, readServerAddress, readServerParameters } from '../server.ts';
import { readTemplate } from '../server-template.ts';

/** A keyword with a number that changes nothing here. */
function countWithoutEffect(name: string, why: string): ProxyDirective {
  return {
    sections: BACK,
    doc: `Accepted without effect: ${why}.`,
    example: `${name} 5`,
    apply(cursor, _draft, { problems }) {
      const { at } = cursor;
      if (!cursor.accept('-1')) cursor.integer('a number', 0, 2_147_483_647);
      cursor.end();
      hasNoEffect(at, name, why, problems);
    },
  };
}

export const servers = {
  'default-server': {
    sections: BACK,
    strict: true,
    doc: 'Parameters of the servers that follow.',
    example: 'default-server check inter 5s rise 2 fall 3',
    apply(cursor, draft, context) {
      readServerParameters(cursor, draft.settings.server, contextFor(draft, context));
    },
  },
  dispatch: {
    sections: BACKENDS,
    doc: 'The server of a proxy without `balance`, `<NOSRV>` in the log; other servers of the proxy serve only the clients that persistence binds to them. With `balance`, also from `defaults`, it is ignored.',
    example: 'dispatch 127.0.0.1:8080',
    apply: readDispatch,
  },
  transparent: {
    sections: BACK,
    doc: 'Short for `option transparent`.',
    example: 'transparent',
    apply(cursor, { settings }) {
      settings.flags.set('transparent', true);
      cursor.end();
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
  'http-send-name-header': proxyValue(
    {
      sections: BACK,
      doc: 'Tells a server its name in this header of each request, in place of one that the client sent.',
      example: 'http-send-name-header X-Server',
    },
    (cursor, { problems }) => {
      const word = cursor.need('the name of a header');
      return word === undefined || !checkHeaderName(word, problems) ? undefined : word.text;
    },
    (settings, name) => void (settings.nameHeader = name),
  ),
  'max-keep-alive-queue': countWithoutEffect(
    'max-keep-alive-queue',
    'a client goes back to a private connection of its own however many requests wait for that server',
  ),
  'max-session-srv-conns': countWithoutEffect(
    'max-session-srv-conns',
    "five private server connections are kept for each client connection, HAProxy's default",
  ),
  'server-template': {
    sections: BACKENDS,
    doc: 'Servers that differ in their names only: `server-template PREFIX N|A-B NAME[:PORT] [parameters]` makes the servers PREFIX1 to PREFIXN. With `resolvers` each has an address of its own among those that the name has, or one of the services of an SRV record (`_http._tcp.example.org`) with its port and weight; those that find none wait in maintenance. `id` is that of the first.',
    example: 'server-template web 1-5 web.example.org:8080 check resolvers default init-addr none',
    strict: true,
    apply: readTemplate,
  },
  source: proxyValue(
    {
      sections: BACK,
      doc: 'The local address that servers are connected to from, those that have no `source` of their own; `0.0.0.0` leaves it to the system.',
      example: 'source 127.0.0.1',
    },
    readSource,
    (settings, source) => void (settings.source = source),
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
      const parameters = { ...draft.settings.server, checkedApart: context.io.addedServer === true };
      readServerParameters(cursor, parameters, contextFor(draft, context));
      const where = readServerAddress(address, context);
      if (where !== undefined) draft.servers.push({ name: name.text, at: name.at, ...where, parameters });
    },
  },
} as const satisfies Record<string, ProxyDirective>;
