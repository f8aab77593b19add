import type { TestContext } from 'node:test';
import { startHostile } from './hostile.ts';
import type { Hostility } from './hostile.ts';
import type { TestProcess } from './process.ts';
import type { Router } from './programs.ts';
import { openRaw, RawServer } from './raw.ts';
import { startRouting } from './routing.ts';
import type { Statements } from './routing.ts';
import { socketsOf } from './sockets.ts';
import { until } from './until.ts';

/** What an innocent client waits during an attack, in milliseconds: connection, request and response. */
export interface Latency {
  readonly median: number;
  readonly slowest: number;
}

/** During an attack, and before it. */
export interface Attacked extends Latency {
  readonly calm: Latency;
  readonly process: TestProcess;
}

/** Sequential connections of the innocent client during an attack. */
const VISITS = 20;

export interface Flood {
  /** What the hostile server sends; nothing by default. */
  readonly server?: { readonly first: string; readonly again: string };
  /** What hostile clients do. */
  readonly clients: Omit<Extract<Hostility, { readonly kind: 'clients' | 'trickle' }>, 'port'>;
}

const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const ASK: Flood['clients'] = {
  kind: 'clients',
  connections: 4,
  first: 'GET /hostile HTTP/1.1\r\nHost: a\r\n\r\n',
  again: '',
};
const UPLOAD = 'POST /hostile HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
const EXTENSION = `1;a=${'x'.repeat(200)}\r\na\r\n`;

/** Peers that try to keep a router busy, by what they are. */
export const FLOODS: Readonly<Record<string, Flood>> = {
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

/** The latency of one visit after the other. */
export async function latency(t: TestContext, port: number): Promise<Latency> {
  const times: number[] = [];
  while (times.length < VISITS) times.push(await visit(t, port));
  times.sort((one, other) => one - other);
  return { median: times[VISITS / 2] ?? 0, slowest: times.at(-1) ?? 0 };
}

async function visit(t: TestContext, port: number): Promise<number> {
  const start = performance.now();
  const client = await openRaw(t, port);
  client.send('GET /innocent HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  await client.expect(/ok$/, 30_000);
  client.socket.destroy();
  return performance.now() - start;
}

/** Starts a router, floods it, and measures an innocent client meanwhile. */
export async function latencyDuring(
  t: TestContext,
  { server, clients }: Flood,
  router: Router,
  frontend: Statements = [],
): Promise<Attacked> {
  const good = await RawServer.listen(t, (connection) => {
    connection.socket.on('data', () => {
      connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok');
      connection.end();
    });
  });
  const bad = server === undefined ? good.port : await startHostile(t, { kind: 'server', ...server });
  const { port, process } = await startRouting(
    t,
    router,
    {
      global: ['maxconn 4000'],
      frontend: [
        ...frontend,
        'maxconn 4000',
        'timeout http-request 1m',
        'http-request deny if { path /denied }',
        'use_backend hostile if { path /hostile }',
      ],
      backend: [`server one 127.0.0.1:${good.port}`],
      backends: { hostile: [`server one 127.0.0.1:${bad}`] },
    },
    { stopWith: 'SIGKILL' },
  );
  const calm = await latency(t, port);
  await startHostile(t, { ...clients, port });
  // Simultaneous connections would fill the accept queue before the first visitor; that is not part of the attack.
  const accepted = async (): Promise<boolean> => (await socketsOf(process.pid)) > clients.connections;
  await until('the connections of the attack to be accepted', accepted, 40_000);
  return { ...(await latency(t, port)), calm, process };
}
