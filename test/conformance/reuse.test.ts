import assert, { AssertionError } from 'node:assert/strict';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { engineStatements, ENGINES } from '../support/engines.ts';
import { startLanes } from '../support/lanes.ts';
import type { Lane } from '../support/lanes.ts';
import type { Origin } from '../support/origin.ts';
import { missing } from '../support/programs.ts';
import { openRaw } from '../support/raw.ts';
import type { RawSocket } from '../support/raw.ts';
import { until } from '../support/until.ts';

/**
 * `http-reuse`: which server connection carries a client's first request, and which its later ones. HAProxy is the
 * reference; among several free ones it may pick a different one, so only first requests are compared.
 */

const RETRIED = 'retry-on conn-failure empty-response response-timeout';

interface Expected {
  readonly what: string;
  readonly backend: readonly string[];
  /** How many requests each of three clients sends, one client after the other. */
  readonly requests: number;
  /** For each client, whether its first request used a new server connection. */
  readonly fresh: readonly boolean[];
  /** The total number of server connections opened. */
  readonly opened: number;
}

const EXPECTED: readonly Expected[] = [
  { what: 'safe', backend: ['http-reuse safe'], requests: 3, fresh: [true, true, true], opened: 3 },
  { what: 'the default', backend: [], requests: 3, fresh: [true, true, true], opened: 3 },
  { what: 'safe, one request each', backend: ['http-reuse safe'], requests: 1, fresh: [true, true, true], opened: 3 },
  {
    what: 'safe, where retry-on repeats lost requests',
    backend: ['http-reuse safe', RETRIED],
    requests: 3,
    fresh: [true, false, false],
    opened: 1,
  },
  {
    what: 'safe, where retry-on repeats less',
    backend: ['http-reuse safe', 'retry-on conn-failure empty-response'],
    requests: 3,
    fresh: [true, true, true],
    opened: 3,
  },
  { what: 'aggressive', backend: ['http-reuse aggressive'], requests: 3, fresh: [true, false, false], opened: 1 },
  {
    what: 'aggressive, connections that served once',
    backend: ['http-reuse aggressive'],
    requests: 1,
    fresh: [true, true, true],
    opened: 3,
  },
  { what: 'always', backend: ['http-reuse always'], requests: 3, fresh: [true, false, false], opened: 1 },
  {
    what: 'always, one request each',
    backend: ['http-reuse always'],
    requests: 1,
    fresh: [true, false, false],
    opened: 1,
  },
  { what: 'never', backend: ['http-reuse never'], requests: 3, fresh: [true, true, true], opened: 3 },
  {
    what: 'never, with retry-on',
    backend: ['http-reuse never', RETRIED],
    requests: 3,
    fresh: [true, true, true],
    opened: 3,
  },
];

const SUBJECTS = [
  // One thread: with several HAProxy has several pools.
  { name: 'haproxy', router: 'haproxy' as const, global: ['nbthread 1'], frontend: [] },
  ...ENGINES.map((engine) => ({
    name: `${engine} engine`,
    router: 'router' as const,
    global: [],
    frontend: engineStatements(engine),
  })),
];

/** On a busy machine the next request is there before HAProxy has put the connection of the last one back: it opens another. */
const MOST_TIMES = { haproxy: 5, router: 1 } as const;

for (const { name, router, global, frontend } of SUBJECTS) {
  test(`${name}: http-reuse`, { skip: missing(router), timeout: 300_000 }, async (t) => {
    const times = MOST_TIMES[router];
    const lanes = await startLanes(
      t,
      router,
      EXPECTED.flatMap((part) => Array<Expected>(times).fill(part)),
      {
        global,
        frontend,
      },
    );
    for (const [index, expected] of EXPECTED.entries())
      await t.test(expected.what, (inner) =>
        atLeastOnce(lanes.slice(index * times, (index + 1) * times), (lane) => serves(inner, expected, lane)),
      );
  });
}

async function serves(t: TestContext, expected: Expected, { port, origins: [origin] }: Lane): Promise<void> {
  assert.ok(origin);
  const met: boolean[] = [];
  for (let client = 0; client < expected.fresh.length; client += 1) {
    const before = new Set(origin.requests.map(({ connection }) => connection));
    const used = await ask(t, port, origin, expected.requests);
    met.push(used[0] !== undefined && !before.has(used[0]));
    // The later ones open no more connections.
    for (const connection of used.slice(1)) assert.ok(connection === used[0] || before.has(connection));
    if (expected.backend.includes('http-reuse never')) assert.equal(new Set(used).size, 1, 'one for each client');
  }
  assert.deepEqual(met, expected.fresh);
  assert.equal(origin.server.connections.length, expected.opened);
}

/** Each attempt is on a lane of its own, whose backend keeps no connection yet. */
async function atLeastOnce(lanes: readonly Lane[], attempt: (lane: Lane) => Promise<void>): Promise<void> {
  for (const [index, lane] of lanes.entries()) {
    try {
      return await attempt(lane);
    } catch (failure) {
      if (!(failure instanceof AssertionError) || index === lanes.length - 1) throw failure;
    }
  }
}

/** One client with its requests, one after the other; returns the server connections they came on. */
async function ask(t: TestContext, port: number, origin: Origin, requests: number): Promise<RawSocket[]> {
  const seen = origin.requests.length;
  const client = await openRaw(t, port);
  for (let sent = 1; sent <= requests; sent += 1) {
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.expect(new RegExp(`^([^]*?\\r\\n\\r\\nok){${sent}}$`));
  }
  client.end();
  await client.ended();
  return origin.requests.slice(seen).map(({ connection }) => connection);
}

for (const engine of ENGINES) {
  test(`${engine} engine: server connections of clients that end`, { timeout: 300_000 }, async (t) => {
    const [never, many, shared] = await startLanes(
      t,
      'router',
      [
        { backend: ['http-reuse never'] },
        { backend: ['http-reuse never', 'balance roundrobin'], servers: 8 },
        { backend: [] },
      ],
      { frontend: engineStatements(engine) },
    );
    assert.ok(never && many && shared);

    await t.test('a server connection ends with its client under http-reuse never', async (inner) => {
      const [origin] = never.origins;
      assert.ok(origin);
      await ask(inner, never.port, origin, 2);
      await until('the server connection to end', () => origin.server.open() === 0);
    });

    await t.test('a client keeps at most five private server connections', async (inner) => {
      const client = await openRaw(inner, many.port);
      for (let sent = 1; sent <= 24; sent += 1) {
        client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
        await client.expect(new RegExp(`^([^]*?\\r\\n\\r\\nok){${sent}}$`));
      }
      const open = () => many.origins.reduce((sum, { server }) => sum + server.open(), 0);
      await until('all but five to end', () => open() === 5);
    });

    await t.test('a first POST never uses a connection that its server is closing', async (inner) => {
      const [origin] = shared.origins;
      assert.ok(origin);
      await ask(inner, shared.port, origin, 2);
      const kept = origin.requests[0]?.connection;
      // Anything sent on the kept connection now is lost.
      origin.otherwise = (request, connection) => {
        if (connection === kept) connection.reset();
        else if (request.complete || request.head.includes('Content-Length: 2'))
          connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      };
      const client = await openRaw(inner, shared.port);
      client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi');
      await client.expect(/^HTTP\/1\.1 200 [^]*ok$/);
    });
  });
}
