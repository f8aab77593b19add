import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideFrontend } from './evaluate.ts';
import { frontendOf, evaluationOf } from './testing.ts';
import type { Wanted } from './testing.ts';

/** The rules of the article, as printed. */
const article = `
    acl local src 127.0.0.1

    acl is_websocket hdr(Upgrade) -i WebSocket
    acl is_websocket hdr_beg(Host) -i ws

    # identify apps by hostname
    acl is_coltrane hdr_dom(host) -i dev-coltrane01
    acl is_maps hdr_dom(host) -i dev-maps01

    redirect prefix https://dev-coltrane01 if !local is_coltrane
    redirect prefix https://dev-maps01 if !local is_maps

    use_backend maps_websocket_backend if is_maps is_websocket
    use_backend maps_http_backend if is_maps
    use_backend coltrane_http_backend if is_coltrane
`;

type Source = 'local' | 'remote';
interface Case {
  readonly request: string;
  readonly from: readonly Source[];
  readonly host?: string;
  readonly target?: string;
  readonly headers?: Wanted['headers'];
  readonly result: string;
}

const upgrade = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
] as const;
const both: readonly Source[] = ['local', 'remote'];
const local: readonly Source[] = ['local'];
const remote: readonly Source[] = ['remote'];

/** Measured on HAProxy 2.6.12 with the article's file (reference, §0.2). */
const cases: readonly Case[] = [
  { request: 'the maps host', from: local, host: 'dev-maps01', result: 'maps_http_backend' },
  {
    request: 'the maps host with a path and a query',
    from: remote,
    host: 'dev-maps01',
    target: '/a/b?c=d',
    result: '302 https://dev-maps01/a/b?c=d',
  },
  {
    request: 'the maps host in absolute form',
    from: remote,
    host: 'dev-maps01',
    target: 'http://dev-maps01/a/b?c=d',
    result: '302 https://dev-maps01/a/b?c=d',
  },
  {
    request: 'the coltrane host with a port',
    from: remote,
    host: 'dev-coltrane01:80',
    result: '302 https://dev-coltrane01/',
  },
  {
    request: 'the coltrane host with a port',
    from: local,
    host: 'dev-coltrane01:443',
    result: 'coltrane_http_backend',
  },
  { request: 'another host', from: both, host: 'other', result: 'none' },
  { request: 'no host', from: both, result: 'none' },
  {
    request: 'a WebSocket handshake',
    from: local,
    host: 'dev-maps01',
    headers: upgrade,
    result: 'maps_websocket_backend',
  },
  { request: 'a ws host without Upgrade', from: local, host: 'ws.dev-maps01', result: 'maps_websocket_backend' },
  {
    request: 'a host that merely begins with ws',
    from: local,
    host: 'wsx.dev-maps01',
    result: 'maps_websocket_backend',
  },
  {
    request: 'another upgrade',
    from: local,
    host: 'dev-maps01',
    headers: [['Upgrade', 'foo']],
    result: 'maps_http_backend',
  },
  {
    request: 'Upgrade without Connection',
    from: local,
    host: 'dev-maps01',
    headers: [['Upgrade', 'websocket']],
    result: 'maps_websocket_backend',
  },
  {
    request: 'both names, the first redirect winning',
    from: remote,
    host: 'dev-coltrane01.dev-maps01',
    result: '302 https://dev-coltrane01/',
  },
  {
    request: 'both names, the first use_backend winning',
    from: local,
    host: 'dev-coltrane01.dev-maps01',
    result: 'maps_http_backend',
  },
  {
    request: 'a WebSocket handshake for coltrane',
    from: local,
    host: 'dev-coltrane01',
    headers: upgrade,
    result: 'coltrane_http_backend',
  },
];

const { frontend, problems } = frontendOf(article);

test("the article's rules compile without a word", () => assert.deepEqual(problems, []));

for (const { request, from, host, target = '/', headers = [], result } of cases) {
  for (const source of from) {
    test(`the article: ${request}, ${source}, gives ${result}`, () => {
      const client = { address: source === 'local' ? '127.0.0.1' : '127.0.0.2', port: 5000 };
      const lines: Wanted['headers'] = host === undefined ? headers : [['Host', host], ...headers];
      const decision = decideFrontend(
        frontend,
        evaluationOf({ target, headers: lines, connection: { client, peer: client } }),
      );
      const said =
        decision.kind === 'backend'
          ? decision.name
          : decision.kind === 'respond'
            ? `${decision.answer.status} ${decision.answer.headers.find(([name]) => name === 'location')?.[1]}`
            : decision.kind;
      assert.equal(said, result);
    });
  }
}
