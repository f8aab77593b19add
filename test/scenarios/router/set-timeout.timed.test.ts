/** `http-request set-timeout`, beside HAProxy: what the client gets, and the log line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { steady } from '../../support/beside.ts';
import { ENGINES, engineStatements } from '../../support/engines.ts';
import { Origin } from '../../support/origin.ts';
import { missing } from '../../support/programs.ts';
import { openRaw } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import type { Statements } from '../../support/routing.ts';

const GET = 'GET /slow HTTP/1.1\r\nHost: a.test\r\nX-Patience: 300\r\nConnection: close\r\n\r\n';
const UPGRADE =
  'GET /ws HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
const ACCEPTED =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';

const CASES: Readonly<Record<string, readonly [rules: Statements, request: string]>> = {
  'set-timeout server': [['http-request set-timeout server 300ms'], GET],
  'set-timeout server by an expression': [
    [
      'http-request set-timeout server req.hdr(x-patience),mul(1)',
      'http-request set-header x-seen %[cur_server_timeout]/%[be_server_timeout]',
    ],
    GET,
  ],
  'set-timeout tunnel': [['timeout tunnel 60s', 'http-request set-timeout tunnel 300ms'], UPGRADE],
};

async function outcome(
  t: TestContext,
  router: 'haproxy' | 'router',
  own: Statements,
  rules: Statements,
  request: string,
): Promise<readonly string[]> {
  const origin = await Origin.listen(t);
  origin.replies.set('/slow', () => {});
  origin.replies.set('/ws', ACCEPTED);
  const { port, syslog } = await startRouting(t, router, {
    frontend: own,
    backend: [...rules, `server one 127.0.0.1:${origin.port}`],
  });
  const client = await openRaw(t, port);
  client.send(request);
  const answer = (await client.rest()).toLowerCase();
  const [seen] = origin.requests;
  return [
    answer.slice(0, 14),
    steady(await syslog.message(/HTTP\/1\.1"/)),
    /x-seen: .*/i.exec(seen?.head ?? '')?.[0].trim() ?? '',
  ];
}

for (const [name, [rules, request]] of Object.entries(CASES)) {
  test(`${name}: a silent server costs its client as much as in HAProxy`, { skip: missing('haproxy') }, async (t) => {
    const [theirs, ...ours] = await Promise.all([
      outcome(t, 'haproxy', [], rules, request),
      ...ENGINES.map((engine) => outcome(t, 'router', engineStatements(engine), rules, request)),
    ]);
    for (const [index, engine] of ENGINES.entries()) assert.deepEqual(ours[index], theirs, engine);
  });
}
