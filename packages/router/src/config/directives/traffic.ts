/** Listening addresses, client connections, and how long they are kept. */
import type { ConnectionMode } from '../../model/snapshot.ts';
import { nearest } from '@headgate/shared/config/suggest';
import { readBinds } from '../bind.ts';
import { proxyValue } from '../directive.ts';
import { readText } from '../read-text.ts';
import type { ProxyDirective } from '../directive.ts';
import { readForwardFor } from '../forward-for.ts';
import { EVERYWHERE, FRONT, FRONTENDS, PROXIES } from '../sections.ts';

function state(disabled: boolean, doc: string): ProxyDirective {
  return {
    sections: EVERYWHERE,
    doc,
    example: disabled ? 'disabled' : 'enabled',
    apply(cursor, { settings }) {
      settings.disabled = disabled;
      cursor.end();
    },
  };
}

export const traffic = {
  bind: {
    sections: FRONTENDS,
    doc: 'Where to listen: `address:port`, `*:port`, `:port`, `[::1]:port`, a range `:8000-8010`, a unix socket `/run/x.sock`, or several with commas. `$NAME` and `${NAME}` are environment variables. Parameters: `accept-proxy`, `name N`, `maxconn N`, `backlog N`, `mode 660` (unix socket), `v4v6`, `v6only`, `shards N` (listening sockets on the one port, so many connections are accepted at a time; default: 16, shared among the ports of the line; unix sockets and systems other than Linux have one), `user U`, `group G`, `uid N`, `gid N` (of a unix socket). With `ssl` and what belongs to it (`crt`, `verify` …) it needs `headgate`, which runs the terminator too ([both halves](both-halves.md)). `terminated` (ours) makes a PROXY header the connection itself, to every rule and to logs: for a socket that only the terminator reaches.',
    example: 'bind 0.0.0.0:80\nbind /run/router.sock mode 660 accept-proxy',
    apply(cursor, draft, context) {
      const word = cursor.need('an address');
      if (word !== undefined) draft.binds.push(...readBinds(word, cursor, draft.name, context));
    },
  },
  engine: proxyValue(
    {
      sections: FRONT,
      doc: 'The data path, a word of ours: `wire` (our own HTTP/1.1) or `http-proxy` (node:http and the http-proxy API).',
      example: 'engine wire',
      default: 'wire',
    },
    (cursor) => cursor.choice('engine', ['wire', 'http-proxy'] as const),
    (settings, engine) => void (settings.engine = engine),
  ),
  mode: {
    sections: EVERYWHERE,
    doc: 'What travels: `http`, or `tcp` for connections of any protocol, whose bytes pass as they are ([TCP](tcp.md)). A frontend in mode http has backends in mode http; one in mode tcp may lead to both. Without `mode` a proxy of a haproxy.cfg is in mode tcp, as in HAProxy, one in YAML in mode http.',
    example: 'mode http',
    apply(cursor, draft, { problems }) {
      const word = cursor.need("'http' or 'tcp'");
      if (word?.text === 'tcp' || word?.text === 'http') draft.settings.mode = word.text;
      else if (word?.text === 'health')
        problems.error(word.at, "'mode health' was removed from HAProxy; use 'monitor-uri'");
      else if (word !== undefined)
        problems.error(word.at, `unknown mode '${word.text}'`, nearest(word.text, ['http', 'tcp']));
      cursor.end();
    },
  },
  id: proxyValue(
    {
      sections: PROXIES,
      doc: 'The number of the proxy in statistics and the runtime API (`iid`). Default: the smallest that is free, in the order of the file.',
      example: 'id 100',
    },
    (cursor) => cursor.integer('a number', 1, 2_147_483_647),
    (settings, number) => void (settings.number = number),
  ),
  description: proxyValue(
    {
      sections: PROXIES,
      doc: 'A text about this proxy, which the [statistics page](statistics.md) shows beside its name.',
      example: 'description the shop, in two languages',
    },
    readText,
    (settings, text) => void (settings.description = text),
  ),
  disabled: state(
    true,
    'A frontend does not listen; a backend has no servers, and requests that come to it are answered 503. Statistics show neither.',
  ),
  enabled: state(false, 'Undoes a `disabled` of the defaults.'),
  'monitor-uri': proxyValue(
    {
      sections: FRONT,
      doc: 'A path that is answered 200 here, before any rule, and never logged.',
      example: 'monitor-uri /alive',
    },
    (cursor) => cursor.need('a path'),
    (settings, { text }) => void (settings.monitorUri = text),
  ),
} as const satisfies Record<string, ProxyDirective>;

/** One of the connection mode options: the last one in a proxy wins, and `no` cancels only the same option. */
function modeOption(mode: ConnectionMode, example: string, doc: string): ProxyDirective {
  return {
    sections: EVERYWHERE,
    doc,
    example,
    apply(cursor, draft) {
      draft.settings.connectionMode = mode;
      cursor.end();
    },
    negate(draft) {
      if (draft.settings.connectionMode === mode) delete draft.settings.connectionMode;
    },
  };
}

export const trafficOptions = {
  forwardfor: {
    sections: EVERYWHERE,
    doc: "Adds the client's address to requests as `X-Forwarded-For`: `option forwardfor [except NETWORK] [header NAME] [if-none]`.",
    example: 'option forwardfor except 127.0.0.0/8',
    apply(cursor, draft, { problems }) {
      const forwardFor = readForwardFor(cursor, problems);
      if (forwardFor !== undefined) draft.settings.forwardFor = forwardFor;
      cursor.end();
    },
    negate(draft) {
      delete draft.settings.forwardFor;
    },
  },
  originalto: {
    sections: EVERYWHERE,
    doc: 'Adds the address that the client connected to, as `X-Original-To`: `option originalto [except NETWORK] [header NAME]`.',
    example: 'option originalto',
    apply(cursor, draft, { problems }) {
      const originalTo = readForwardFor(cursor, problems, 'X-Original-To');
      if (originalTo !== undefined) draft.settings.originalTo = originalTo;
      cursor.end();
    },
    negate(draft) {
      delete draft.settings.originalTo;
    },
  },
  'http-restrict-req-hdr-names': proxyValue(
    {
      sections: EVERYWHERE,
      doc: 'What happens to fields whose names have other characters than letters, digits and hyphens, after the `http-request` rules: `preserve`, `delete`, or `reject` with 403.',
      example: 'option http-restrict-req-hdr-names delete',
      default: 'preserve',
    },
    (cursor) => cursor.choice('policy', ['preserve', 'delete', 'reject'] as const),
    (settings, policy) => void (settings.headerNames = policy),
  ),
  'http-keep-alive': modeOption(
    'keep-alive',
    'option http-keep-alive',
    'Keeps both connections for further exchanges (the default). The last of the three given in a proxy counts.',
  ),
  'http-server-close': modeOption(
    'server-close',
    'option http-server-close',
    "Ends the server connection after each exchange and keeps the client's.",
  ),
  httpclose: modeOption(
    'close',
    'option httpclose',
    "Ends connections after one exchange: the server's in a backend, and in a frontend the client's too.",
  ),
} as const satisfies Record<string, ProxyDirective>;
