/** How rules refuse: the same requests through HAProxy and the router, and what the client and the log see compared. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { ENGINES, engineStatements } from '../../support/engines.ts';
import { Origin } from '../../support/origin.ts';
import { missing } from '../../support/programs.ts';
import type { Router } from '../../support/programs.ts';
import { openRaw } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import type { RoutingParts } from '../../support/routing.ts';
import { until } from '../../support/until.ts';

const installed = { skip: missing('haproxy'), timeout: 60_000 };

const RULES: readonly string[] = [
  'timeout tarpit 50ms',
  'http-request tarpit if { path /tarpit }',
  'http-request tarpit deny_status 429 if { path /tarpit-429 }',
  'http-request tarpit status 418 content-type text/plain string hello hdr X-Why slow if { path /tarpit-text }',
  'http-request deny if { path /deny }',
  'http-request deny status 404 if { path /deny-404 }',
  'http-request deny deny_status 418 content-type text/plain lf-string "no %[path]" hdr X-Why %[src] if { path /deny-text }',
  'http-request reject if { path /reject }',
  'http-request silent-drop if { path /silent }',
  'http-response deny if { status 201 }',
  'http-response deny status 503 content-type text/plain string down if { status 202 }',
  'http-response silent-drop if { status 203 }',
  'tcp-request content reject if { path /content }',
  'tcp-request content set-var(txn.stage) str(content)',
  'http-request deny deny_status 425 if { path /var } { var(txn.stage) -m str content }',
  'use_backend rejecting if { path /rejecting }',
  'use_backend closing if { path /closing }',
  'use_backend ordered if { path /ordered }',
  'use_backend there if { path_beg /there }',
];

const TARGETS = [
  '/',
  '/tarpit',
  '/tarpit-429',
  '/tarpit-text',
  '/deny',
  '/deny-404',
  '/deny-text',
  '/reject',
  '/silent',
  '/s201',
  '/s202',
  '/s203',
  '/content',
  '/var',
  '/rejecting',
  '/closing',
  '/ordered',
  '/there-tarpit',
  '/there-deny',
];

const SILENT = ['/silent', '/s203'];

/** What a client saw, without what differs by design: the order of header lines, their case, and how long a connection is kept. */
function seen(text: string): readonly string[] {
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const [line = '', ...fields] = head.split('\r\n');
  const kept = fields
    .map((field) => field.toLowerCase())
    .filter((field) => !/^(connection|keep-alive|date):/.test(field));
  return [line, ...kept.sort(), body];
}

/** Backend, server, status and termination state of a log line: what is not a time, a port or a count of bytes. */
function logged(line: string): string {
  const [, where = '', status = '', state = '', request = ''] =
    /\] (\S+ \S+) \S+ (-?\d+) \d+ - - (\S+) .*?("[^"]*")$/.exec(line) ?? [];
  return `${where} ${status} ${state} ${request}`;
}

async function refused(t: TestContext, router: Router, lines: readonly string[]) {
  const origin = await Origin.listen(t);
  for (const status of [201, 202, 203])
    origin.replies.set(`/s${status}`, `HTTP/1.1 ${status} S\r\nContent-Length: 2\r\n\r\nok`);
  const server = `server s 127.0.0.1:${origin.port}`;
  const parts: RoutingParts = {
    frontend: [...lines, ...RULES],
    backend: [server],
    backends: {
      rejecting: ['tcp-response content reject', server],
      closing: ['tcp-response content close', server],
      ordered: [
        'tcp-response content set-var(txn.a) str(first)',
        'tcp-response content accept',
        'tcp-response content reject',
        'http-response set-header X-Order %[var(txn.a)]',
        server,
      ],
      there: [
        'timeout tarpit 20ms',
        'http-request tarpit deny_status 403 if { path /there-tarpit }',
        'http-request deny deny_status 410 if { path /there-deny }',
        server,
      ],
    },
  };
  const { port, syslog } = await startRouting(t, router, parts);
  const all: unknown[] = [];
  for (const target of TARGETS) {
    const client = await openRaw(t, port);
    client.send(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    const line = await until(`the log line of ${target}`, () => syslog.messages()[all.length]);
    // HAProxy hides the end of a connection that it dropped in silence.
    if (!SILENT.includes(target)) await client.ended();
    client.socket.destroy();
    all.push([target, seen(client.text), logged(line)]);
  }
  return all;
}

for (const engine of ENGINES)
  test(`${engine}: refusals are HAProxy's, to the client and in the log`, installed, async (t) => {
    const [theirs, ours] = await Promise.all([
      refused(t, 'haproxy', []),
      refused(t, 'router', engineStatements(engine)),
    ]);
    assert.deepEqual(ours, theirs);
  });

test('a tarpitted client waits as long as timeout tarpit says, and one that leaves is logged', async (t) => {
  const { port, syslog } = await startRouting(t, 'router', {
    frontend: ['timeout tarpit 300ms', 'http-request tarpit'],
    backend: ['server s 127.0.0.1:1'],
  });
  const patient = await openRaw(t, port);
  const began = performance.now();
  patient.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  assert.match(await patient.rest(), /^HTTP\/1\.1 500 /);
  assert.ok(performance.now() - began >= 295);
  const hasty = await openRaw(t, port);
  hasty.send('GET /hasty HTTP/1.1\r\nHost: a\r\n\r\n');
  hasty.reset();
  const line = await until('its line', () => syslog.messages().find((one) => one.includes('/hasty')));
  assert.match(line, / PT-- /);
});

test('a tarpitted client takes its place among maxconn, and what it sends stays in the kernel', async (t) => {
  const { port } = await startRouting(t, 'router', {
    frontend: [
      'maxconn 1',
      'timeout tarpit 400ms',
      'http-request tarpit if { path /slow }',
      'http-request return status 204',
    ],
    backend: ['server s 127.0.0.1:1'],
  });
  const slow = await openRaw(t, port);
  slow.send('POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n');
  const chunk = Buffer.alloc(1 << 20);
  let sent = 0;
  while (slow.socket.write(chunk) && sent < 64) sent += 1;
  const next = await openRaw(t, port);
  const began = performance.now();
  next.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  assert.match(await slow.expect(/HTTP\/1\.1 500 /), /500/);
  slow.socket.destroy();
  assert.match(await next.rest(), /^HTTP\/1\.1 204 /);
  assert.ok(performance.now() - began > 200);
  assert.ok(slow.socket.bytesWritten < 32 << 20, `${slow.socket.bytesWritten} bytes were taken`);
});
