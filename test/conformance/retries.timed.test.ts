import assert from 'node:assert/strict';
import test from 'node:test';
import { engineStatements, ENGINES } from '../support/engines.ts';
import { Origin } from '../support/origin.ts';
import { freePort } from '../support/ports.ts';
import { missing } from '../support/programs.ts';
import { openRaw } from '../support/raw.ts';
import { startRouting } from '../support/routing.ts';

/** `retry-on` and `option redispatch` when servers fail, compared with HAProxy. */

const SUBJECTS = [
  { name: 'haproxy', router: 'haproxy' as const, frontend: [] },
  ...ENGINES.map((engine) => ({
    name: `${engine} engine`,
    router: 'router' as const,
    frontend: engineStatements(engine),
  })),
];

/** What a server sends before it closes. */
const CUT: Readonly<Record<string, string>> = {
  nothing: '',
  'half a version': 'HTT',
  'half a status line': 'HTTP/1.1 20',
  'a status line': 'HTTP/1.1 200 OK\r\n',
  'half a field name': 'HTTP/1.1 200 OK\r\nContent-Le',
  'a head without its empty line': 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n',
};

const REPEATED = ['empty-response', 'all-retryable-errors', 'junk-response empty-response'];
const NOT_REPEATED = ['conn-failure', 'junk-response', 'response-timeout', '503'];

/** So many complete responses, and nothing else. */
function answers(count: number): RegExp {
  return new RegExp(`^(?:HTTP/1\\.1 200 (?:(?!HTTP/)[^])*ok){${count}}$`);
}

for (const { name, router, frontend } of SUBJECTS) {
  for (const word of [...REPEATED, ...NOT_REPEATED]) {
    const repeated = REPEATED.includes(word);
    test(
      `${name}: retry-on ${word}: a response that ends within its head is ${repeated ? 'retried' : 'a 502'}`,
      { skip: missing(router), timeout: 300_000 },
      async (t) => {
        const origin = await Origin.listen(t);
        const { port } = await startRouting(t, router, {
          frontend,
          backend: [`retry-on ${word}`, 'retries 2', `server one 127.0.0.1:${origin.port}`],
        });
        for (const [what, said] of Object.entries(CUT)) {
          const target = `/${what.replaceAll(' ', '-')}`;
          origin.replies.set(target, (_, connection) => {
            if (origin.to(target).length <= 2) {
              if (said !== '') connection.send(said);
              connection.end();
            } else connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
          });
          const client = await openRaw(t, port);
          // On a connection that served before, a response that began counts as an attempt too.
          const reused = repeated && said !== '';
          if (reused) {
            client.send('GET /first HTTP/1.1\r\nHost: a\r\n\r\n');
            await client.expect(/ok$/);
          }
          client.send(`GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
          await client.expect(repeated ? answers(reused ? 2 : 1) : /^HTTP\/1\.1 502 [^]*<\/html>\n$/);
          assert.equal(origin.to(target).length, repeated ? 3 : 1, what);
        }
      },
    );
  }
}

for (const engine of ENGINES) {
  for (const balance of ['roundrobin', 'leastconn', 'source', 'first', 'random']) {
    test(
      `${engine} engine: with option redispatch no client notices servers that are down (balance ${balance})`,
      { timeout: 300_000 },
      async (t) => {
        const origin = await Origin.listen(t);
        const closed = [await freePort(), await freePort(), await freePort()];
        const { port } = await startRouting(t, 'router', {
          frontend: engineStatements(engine),
          backend: [
            `balance ${balance}`,
            'option redispatch',
            'retries 1',
            'timeout connect 500ms',
            ...closed.map((to, index) => `server down${index} 127.0.0.1:${to}`),
            `server up 127.0.0.1:${origin.port}`,
          ],
        });
        for (let request = 0; request < 12; request += 1) {
          const client = await openRaw(t, port);
          client.send(`GET /${request} HTTP/1.1\r\nHost: a\r\n\r\n`);
          await client.expect(/^HTTP\/1\.1 200 [^]*ok$/);
        }
      },
    );
  }

  test(
    `${engine} engine: when no server can be connected to, each is tried and the client gets its 503`,
    { timeout: 300_000 },
    async (t) => {
      const closed = [await freePort(), await freePort(), await freePort()];
      const { port } = await startRouting(t, 'router', {
        frontend: engineStatements(engine),
        backend: ['option redispatch', 'retries 1', ...closed.map((to, index) => `server s${index} 127.0.0.1:${to}`)],
      });
      const client = await openRaw(t, port);
      client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      await client.expect(/^HTTP\/1\.1 503 [^]*<\/html>\n$/);
    },
  );
}
