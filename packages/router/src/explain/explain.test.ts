import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Snapshot } from '../model/snapshot.ts';
import { decideFrontend } from '../rules/evaluate.ts';
import { frontendOf, evaluationOf } from '../rules/testing.ts';
import type { Wanted } from '../rules/testing.ts';
import { explain } from './explain.ts';

function explained(lines: string, request: Wanted = {}): readonly string[] {
  const { frontend, problems } = frontendOf(lines);
  assert.deepEqual(problems, []);
  const snapshot: Snapshot = {
    process: { daemon: false, pidFile: undefined, hardStopAfter: 0 },
    global: {
      maxconn: 0,
      rates: { connections: 0, sessions: 0 },
      connections: { maxconn: 0, waiting: 0, shortage: undefined },
      nbproc: 1,
      maxHeadBytes: 15_360,
      maxEditedBytes: 16_384,
      maxHeaders: 100,
      compression: { level: 1, memory: 0, rate: 0 },
      drainTimeout: 0,
      spreadChecks: 0,
      maxSpreadChecks: 0,
      readsLoad: false,
      variables: [],
      tls: [],
    },
    control: { binds: [], timeout: 0, maxconn: 0 },
    frontends: [frontend],
    backends: new Map(),
    resolvers: new Map(),
    tables: [],
  };
  return explain(snapshot, frontend, evaluationOf(request));
}

test('a rule is shown with each acl, its value, its line and the samples found', () => {
  const lines =
    'acl local src 127.0.0.1\nacl ws hdr(upgrade) -i websocket\nacl ws hdr_beg(host) -i ws\n' +
    'redirect prefix https://x if !local\nuse_backend maps if local ws';
  assert.deepEqual(explained(lines, { headers: [['Host', 'WS.dev']] }), [
    'frontend all (test.cfg:1)',
    'passed over  test.cfg:4  redirect prefix https://x if !local',
    '    false      !local',
    '        true       src 127.0.0.1  (test.cfg:1, is "127.0.0.1")',
    'applies      test.cfg:5  use_backend maps if local ws',
    '    true       local',
    '        true       src 127.0.0.1  (test.cfg:1, is "127.0.0.1")',
    '    true       ws',
    '        false      hdr(upgrade) -i websocket  (test.cfg:2, nothing there)',
    '        true       hdr_beg(host) -i ws  (test.cfg:3, is "WS.dev")',
    '=> backend maps',
  ]);
});

test('terms skipped by the short circuit are marked not evaluated', () => {
  assert.deepEqual(explained('use_backend maps if FALSE TRUE or { path / } or TRUE').slice(2), [
    '    false      FALSE',
    '        false      always_false  (test.cfg:1, is "false")',
    '    skipped    TRUE',
    '    or',
    '    true       { path / }',
    '        true       path /  (test.cfg:1, is "/")',
    '    or',
    '    skipped    TRUE',
    '=> backend maps',
  ]);
});

test('a long list of samples is cut short', () => {
  const told = explained('use_backend maps if { hdr(x) z }', { headers: [['X', 'a,b,c,d,e,f,g']] });
  assert.ok(told.some((line) => line.includes('is "a", "b", "c", "d", "e" and 2 more')));
});

test('connection rules are shown as they apply to the peer, up to the first that ends them', () => {
  const rules =
    'tcp-request connection expect-proxy layer4 if { src 127.0.0.1 }\n' +
    'tcp-request connection reject if { src 10.0.0.0/8 }\ntcp-request connection accept\n' +
    'tcp-request connection reject';
  const request: Wanted = { connection: { client: { address: '10.0.0.1', port: 1 }, proxied: true } };
  assert.deepEqual(explained(rules, request).slice(1, -1), [
    'applies      test.cfg:1  tcp-request connection expect-proxy layer4 if { src 127.0.0.1 }',
    '    true       { src 127.0.0.1 }',
    '        true       src 127.0.0.1  (test.cfg:1, is "127.0.0.1")',
    'passed over  test.cfg:2  tcp-request connection reject if { src 10.0.0.0/8 }',
    '    false      { src 10.0.0.0/8 }',
    '        false      src 10.0.0.0/8  (test.cfg:2, is "127.0.0.1")',
    'applies      test.cfg:3  tcp-request connection accept',
  ]);
});

test('a connection closed before its request is read is shown as closed', () => {
  const peer = { address: '127.0.0.1', port: 1 };
  const demanded = explained('tcp-request connection expect-proxy layer4 if { src 127.0.0.1 }\ndefault_backend d', {
    connection: { peer, client: peer, proxied: false },
  });
  assert.deepEqual(demanded.slice(1), [
    'applies      test.cfg:1  tcp-request connection expect-proxy layer4 if { src 127.0.0.1 }',
    '    true       { src 127.0.0.1 }',
    '        true       src 127.0.0.1  (test.cfg:1, is "127.0.0.1")',
    '=> the connection is closed: a PROXY header is required from 127.0.0.1 and none was sent (add --proxied or --tls to send one)',
  ]);
  const rejected = explained('tcp-request connection reject if { src 127.0.0.1 }\ndefault_backend d', {
    connection: { peer, client: peer },
  });
  assert.equal(rejected.at(-1), '=> the connection is closed without a response');
  assert.equal(
    explained('tcp-request connection accept\ntcp-request connection reject\ndefault_backend d').at(-1),
    '=> backend d',
  );
});

const endings: readonly (readonly [lines: string, last: string])[] = [
  ['', '=> no rule applies and there is no default_backend: 503'],
  ['default_backend d', '=> backend d'],
  ['http-request reject', '=> the connection is closed without a response'],
  ['http-request deny deny_status 429', '=> 429 Too Many Requests'],
  ['http-request allow\nhttp-request deny\nredirect location /x', '=> 302 Found, location: /x'],
];

for (const [lines, last] of endings) {
  test(`'${lines.replaceAll('\n', ' / ')}' ends with ${last}`, () => assert.equal(explained(lines).at(-1), last));
}

test('the last rule shown as applying is the one that decides', () => {
  const lines =
    'acl a hdr(x) a\nacl b hdr(x) b\nhttp-request deny if a b\nredirect location /r if a !b\n' +
    'use_backend u unless a or b\ndefault_backend d';
  for (const [items, applies] of [
    ['a,b', 'http-request deny'],
    ['a', 'redirect location /r'],
    ['c', 'use_backend u'],
    ['b', 'default_backend d'],
  ] as const) {
    const request: Wanted = { headers: [['X', items]] };
    const told = explained(lines, request).filter((line) => line.startsWith('applies'));
    assert.equal(told.length, 1);
    assert.ok(told[0]?.includes(applies), told[0]);
    assert.notEqual(decideFrontend(frontendOf(lines).frontend, evaluationOf(request)).kind, 'none');
  }
});

test('rules skipped by the index are shown too, each with its reason', () => {
  const lines = Array.from({ length: 20 }, (_, number) => `use_backend b${number} if { hdr(host) h${number} }`);
  const told = explained(lines.join('\n'), { headers: [['Host', 'h18']] });
  assert.equal(told.filter((line) => line.startsWith('passed over')).length, 18);
  assert.deepEqual(told.slice(1, 4), [
    'passed over  test.cfg:1  use_backend b0 if { hdr(host) h0 }',
    '    false      { hdr(host) h0 }',
    '        false      hdr(host) h0  (test.cfg:1, is "h18")',
  ]);
  assert.equal(told.at(-1), '=> backend b18');
});
