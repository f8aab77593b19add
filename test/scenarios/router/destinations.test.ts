/** Where the requests of one connection go when rules, or the clients themselves, decide it, and which of them share server connections. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { ENGINES, engineStatements } from '../../support/engines.ts';
import { freePort } from '../../support/ports.ts';
import { missing } from '../../support/programs.ts';
import type { Router } from '../../support/programs.ts';
import { openRaw } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { listen } from '../../support/tcp.ts';
import { until } from '../../support/until.ts';

/** A server that answers each request with its name, its own connection, and the unique id of the PROXY header in front. */
async function receiver(t: TestContext, name: string): Promise<number> {
  let connections = 0;
  const { port } = await listen(t, (socket) => {
    const number = (connections += 1);
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      for (let end = received.indexOf('\r\n\r\n', 12); end >= 0; end = received.indexOf('\r\n\r\n', 12)) {
        const id = /T-\w+/.exec(received.slice(0, received.indexOf('GET /')))?.[0] ?? '';
        const body = `<${name} ${number} ${id}>`;
        received = received.slice(end + 4);
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      }
    });
  });
  return port;
}

/** What requests with these values of a header are answered, one after the other on one connection. */
async function asked(t: TestContext, port: number, values: readonly string[]): Promise<string> {
  const client = await openRaw(t, port);
  for (const [index, value] of values.entries()) {
    client.send(`GET / HTTP/1.1\r\nHost: a\r\nX-Value: ${value}\r\n\r\n`);
    await until('the answer', () => client.text.match(/<[^>]*>/g)?.[index]);
  }
  client.end();
  return (client.text.match(/<[^>]*>/g) ?? []).join('');
}

async function seen(
  t: TestContext,
  router: Router,
  lines: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const [first, second, third] = [await receiver(t, 'a'), await receiver(t, 'b'), await receiver(t, 'c')];
  const listens = {
    'server without a port': ['http-request set-dst-port hdr(x-value),add(0)', 'server s 127.0.0.1:0'],
    'option transparent': ['http-request set-dst-port hdr(x-value),add(0)', 'option transparent'],
    'unique id': [`server s 127.0.0.1:${third} send-proxy-v2 proxy-v2-options unique-id`],
    dispatch: ['http-reuse always', `dispatch 127.0.0.1:${third}`],
  };
  const ports = new Map<string, number>();
  for (const name of Object.keys(listens)) ports.set(name, await freePort());
  await startRouting(t, router, {
    defaults: [...lines, 'unique-id-format T-%[req.hdr(x-value)]'],
    frontend: [],
    sections: Object.fromEntries(
      Object.entries(listens).map(([name, own]) => [
        `listen ${name.replaceAll(' ', '-')}`,
        [`bind 127.0.0.1:${ports.get(name)}`, ...own],
      ]),
    ),
  });
  const port = (name: keyof typeof listens): number => ports.get(name) ?? 0;
  const [one, other] = [String(first), String(second)];
  return {
    'server without a port': await asked(t, port('server without a port'), [one, other, one]),
    'option transparent': await asked(t, port('option transparent'), [one, other, one]),
    'unique id': await asked(t, port('unique id'), ['x', 'y']),
    dispatch: (await asked(t, port('dispatch'), ['', ''])) + (await asked(t, port('dispatch'), ['', ''])),
  };
}

for (const engine of ENGINES)
  test(`${engine}: requests go where rules send them, on connections that are for them`, async (t) => {
    const ours = await seen(t, 'router', engineStatements(engine));
    assert.deepEqual(ours, {
      // Each on a connection of its own: none goes on with one to another port.
      'server without a port': '<a 1 ><b 1 ><a 2 >',
      'option transparent': '<a 3 ><b 2 ><a 4 >',
      'unique id': '<c 1 T-x><c 2 T-y>',
      // One connection for each client, although others might share it.
      dispatch: '<c 3 ><c 3 ><c 4 ><c 4 >',
    });
  });

test('HAProxy sends them to the same places', { skip: missing('haproxy') }, async (t) => {
  const theirs = await seen(t, 'haproxy', []);
  assert.deepEqual(theirs, {
    'server without a port': '<a 1 ><b 1 ><a 1 >',
    // It goes on with the connection that the client has, whatever a rule says.
    'option transparent': '<a 2 ><a 2 ><a 2 >',
    'unique id': '<c 1 T-x><c 2 T-y>',
    dispatch: '<c 3 ><c 3 ><c 4 ><c 4 >',
  });
});

test('abstract sockets have the names that HAProxy gives them', { skip: missing('haproxy') }, async (t) => {
  const names = { router: `hg-${process.pid}-ours`, haproxy: `hg-${process.pid}-theirs` };
  const start = async (router: Router, other: Router): Promise<number> => {
    const { port } = await startRouting(t, router, {
      frontend: [],
      backend: [`server s abns@${names[other]}`],
      sections: {
        'listen inner': [
          `bind abns@${names[router]}`,
          'http-request return status 200 content-type text/plain string <' + router + '>',
        ],
      },
    });
    return port;
  };
  const [ours, theirs] = [await start('router', 'haproxy'), await start('haproxy', 'router')];
  assert.equal(await asked(t, ours, ['']), '<haproxy>');
  assert.equal(await asked(t, theirs, ['']), '<router>');
});
