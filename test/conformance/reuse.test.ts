import assert, { AssertionError } from 'node:assert/strict';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { engineStatements, ENGINES } from '../support/engines.ts';
import { Origin } from '../support/origin.ts';
import { missing } from '../support/programs.ts';
import { openRaw } from '../support/raw.ts';
import type { RawSocket } from '../support/raw.ts';
import { startRouting } from '../support/routing.ts';
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

for (const { name, router, global, frontend } of SUBJECTS) {
  for (const { what, backend, requests, fresh, opened } of EXPECTED) {
    const serves = async (t: TestContext): Promise<void> => {
      const origin = await Origin.listen(t);
      const { port } = await startRouting(t, router, {
        global,
        frontend,
        backend: [...backend, `server one 127.0.0.1:${origin.port}`],
      });
      const met: boolean[] = [];
      for (let client = 0; client < fresh.length; client += 1) {
        const before = new Set(origin.requests.map(({ connection }) => connection));
        const used = await ask(t, port, origin, requests);
        met.push(used[0] !== undefined && !before.has(used[0]));
        // The later ones open no more connections.
        for (const connection of used.slice(1)) assert.ok(connection === used[0] || before.has(connection));
        if (backend.includes('http-reuse never')) assert.equal(new Set(used).size, 1, 'one for each client');
      }
      assert.deepEqual(met, fresh);
      assert.equal(origin.server.connections.length, opened);
    };
    test(`${name}: http-reuse: ${what}`, { skip: missing(router), timeout: 300_000 }, (t) =>
      router === 'haproxy' ? atLeastOnce(t, serves) : serves(t),
    );
  }
}

/** On a busy machine the next request is there before HAProxy has put the connection of the last one back: it opens another. */
async function atLeastOnce(t: TestContext, serves: (t: TestContext) => Promise<void>): Promise<void> {
  for (let times = 1; times < 5; times += 1) {
    try {
      return await serves(t);
    } catch (failure) {
      if (!(failure instanceof AssertionError)) throw failure;
    }
  }
  await serves(t);
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
  test(
    `${engine} engine: a server connection ends with its client under http-reuse never`,
    { timeout: 300_000 },
    async (t) => {
      const origin = await Origin.listen(t);
      const { port } = await startRouting(t, 'router', {
        frontend: engineStatements(engine),
        backend: ['http-reuse never', `server one 127.0.0.1:${origin.port}`],
      });
      await ask(t, port, origin, 2);
      await until('the server connection to end', () => origin.server.open() === 0);
    },
  );

  test(`${engine} engine: a client keeps at most five private server connections`, { timeout: 300_000 }, async (t) => {
    const origins: Origin[] = [];
    for (let index = 0; index < 8; index += 1) origins.push(await Origin.listen(t));
    const { port } = await startRouting(t, 'router', {
      frontend: engineStatements(engine),
      backend: [
        'http-reuse never',
        'balance roundrobin',
        ...origins.map(({ port: to }, index) => `server s${index} 127.0.0.1:${to}`),
      ],
    });
    const client = await openRaw(t, port);
    for (let sent = 1; sent <= 24; sent += 1) {
      client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      await client.expect(new RegExp(`^([^]*?\\r\\n\\r\\nok){${sent}}$`));
    }
    const open = () => origins.reduce((sum, { server }) => sum + server.open(), 0);
    await until('all but five to end', () => open() === 5);
  });

  test(
    `${engine} engine: a first POST never uses a connection that its server is closing`,
    { timeout: 300_000 },
    async (t) => {
      const origin = await Origin.listen(t);
      const { port } = await startRouting(t, 'router', {
        frontend: engineStatements(engine),
        backend: [`server one 127.0.0.1:${origin.port}`],
      });
      await ask(t, port, origin, 2);
      const kept = origin.requests[0]?.connection;
      // Anything sent on the kept connection now is lost.
      origin.otherwise = (request, connection) => {
        if (connection === kept) connection.reset();
        else if (request.complete || request.head.includes('Content-Length: 2'))
          connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      };
      const client = await openRaw(t, port);
      client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi');
      await client.expect(/^HTTP\/1\.1 200 [^]*ok$/);
    },
  );
}
