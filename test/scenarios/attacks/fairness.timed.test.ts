import assert from 'node:assert/strict';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { startHostile } from '../../support/hostile.ts';
import { missing, ROUTERS } from '../../support/programs.ts';
import { openRaw, RawServer } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { socketsOf } from '../../support/sockets.ts';
import { until } from '../../support/until.ts';

/** Sequential connections of the innocent client during the attack. */
const VISITS = 20;
/**
 * Limits for the median and the slowest, in milliseconds. HAProxy needs 10 to 90; the rest allows for machines that are busy
 * with other tests, and for garbage collection after thousands of simultaneous connections.
 */
const USUAL = 750;
const SLOWEST = 10_000;

interface Attack {
  /** What the hostile server sends; nothing by default. */
  readonly server?: { readonly first: string; readonly again: string };
  /** What hostile clients do. */
  readonly clients: {
    readonly kind: 'clients' | 'trickle';
    readonly connections: number;
    readonly first: string;
    readonly again: string;
  };
}

const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const ASK: Attack['clients'] = {
  kind: 'clients',
  connections: 4,
  first: 'GET /hostile HTTP/1.1\r\nHost: a\r\n\r\n',
  again: '',
};
const UPLOAD = 'POST /hostile HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
const EXTENSION = `1;a=${'x'.repeat(200)}\r\na\r\n`;

const ATTACKS: Readonly<Record<string, Attack>> = {
  '16 clients that pipeline requests denied by a rule': {
    clients: {
      kind: 'clients',
      connections: 16,
      first: '',
      again: 'GET /denied HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(2000),
    },
  },
  '4 servers that send endless interim responses': {
    server: { first: '', again: 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(1500) },
    clients: ASK,
  },
  '4 servers that send chunks of one byte': {
    server: { first: CHUNKED, again: '1\r\na\r\n'.repeat(10_000) },
    clients: ASK,
  },
  '4 servers that send chunk extensions': { server: { first: CHUNKED, again: EXTENSION.repeat(300) }, clients: ASK },
  '8 clients that upload chunks of one byte': {
    server: { first: '', again: '' },
    clients: { kind: 'clients', connections: 8, first: UPLOAD, again: '1\r\na\r\n'.repeat(10_000) },
  },
  '8 clients that upload chunks with quoted extensions': {
    server: { first: '', again: '' },
    clients: {
      kind: 'clients',
      connections: 8,
      first: UPLOAD,
      again: `1;a="${'\\"'.repeat(90)}"\r\na\r\n`.repeat(300),
    },
  },
  '2000 clients that send their heads byte by byte': {
    clients: { kind: 'trickle', connections: 2000, first: 'GET /', again: 'x' },
  },
};

/** The duration of one visit of the innocent client in milliseconds. */
async function visit(t: TestContext, port: number): Promise<number> {
  const start = performance.now();
  const client = await openRaw(t, port);
  client.send('GET /innocent HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  await client.expect(/ok$/, 30_000);
  client.socket.destroy();
  return performance.now() - start;
}

/** The durations of all visits, shortest first. */
async function visits(t: TestContext, port: number): Promise<readonly number[]> {
  const times: number[] = [];
  while (times.length < VISITS) times.push(await visit(t, port));
  return times.sort((one, other) => one - other);
}

for (const [title, { server, clients }] of Object.entries(ATTACKS)) {
  // The other engine uses Node's parser, which delivers everything of a read at once (docs/http-proxy-engine.md).
  for (const router of ROUTERS) {
    test(
      `${router}: during an attack by ${title}, others are served`,
      { skip: missing(router), timeout: 300_000 },
      async (t) => {
        const good = await RawServer.listen(t, (connection) => {
          connection.socket.on('data', () => {
            connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok');
            connection.end();
          });
        });
        const bad = server === undefined ? good.port : await startHostile(t, { kind: 'server', ...server });
        const { port, process } = await startRouting(t, router, {
          global: ['maxconn 4000'],
          frontend: [
            'maxconn 4000',
            'timeout http-request 20s',
            'http-request deny if { path /denied }',
            'use_backend hostile if { path /hostile }',
          ],
          backend: [`server one 127.0.0.1:${good.port}`],
          backends: { hostile: [`server one 127.0.0.1:${bad}`] },
        });
        await visits(t, port);
        await startHostile(t, { ...clients, port });
        // Simultaneous connections would fill the accept queue before the first visitor; that is not part of the attack.
        const accepted = async (): Promise<boolean> => (await socketsOf(process.pid)) > clients.connections;
        await until('the connections of the attack to be accepted', accepted, 40_000);
        const times = await visits(t, port);
        const slowest = times.at(-1) ?? 0;
        const usual = times[VISITS / 2] ?? 0;
        const told = `slowest ${Math.round(slowest)} ms, median ${Math.round(usual)} ms`;
        t.diagnostic(told);
        assert.ok(process.running);
        if (router === 'router') assert.ok(usual < USUAL && slowest < SLOWEST, told);
      },
    );
  }
}
