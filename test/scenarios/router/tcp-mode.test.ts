import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { decodeProxyHeader } from '@headgate/shared/proxy-protocol/decode';
import { describeConnection } from '@headgate/shared/proxy-protocol/tlv';
import { makeCertificates } from '../../support/certificates.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { freePort } from '../../support/ports.ts';
import type { Router } from '../../support/programs.ts';
import { openRaw, RawServer } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import type { Routing, RoutingParts } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';

/** A router in mode tcp: the lines of the test come after those of the defaults. */
function startTcp(t: TestContext, router: Router, parts: RoutingParts): Promise<Routing> {
  return startRouting(t, router, { ...parts, defaults: ['mode tcp', 'option tcplog', ...(parts.defaults ?? [])] });
}

/** A tcplog line without its times, or with only the signs of them. */
function shape(line: string): string {
  return line.replace(/^\S+:\d+ \[[^\]]*\]/, 'CLIENT').replace(
    / (-?\d+)\/(-?\d+)\/\+?(-?\d+) /,
    (_, ...times) =>
      ` ${times
        .slice(0, 3)
        .map((time) => (String(time) === '-1' ? '-1' : 'N'))
        .join('/')} `,
  );
}

forEachRouter('mode tcp passes bytes both ways, an end of one side too, and logs the session', async (t, router) => {
  const server = await RawServer.listen(t);
  const { port, syslog } = await startTcp(t, router, { backend: [`server s1 127.0.0.1:${server.port}`] });
  const client = await openRaw(t, port);
  client.send('hello \x00\xff');
  const accepted = await server.next();
  await accepted.expect('hello \x00\xff');
  client.end();
  await accepted.ended();
  accepted.send('a late answer');
  await client.expect('a late answer');
  accepted.end();
  await client.ended();
  const line = await syslog.message(/ front apps\/s1 /);
  assert.equal(shape(line), 'CLIENT front apps/s1 N/N/N 13 -- 1/1/0/0/0 0/0');
});

forEachRouter('mode tcp passes 8 MiB each way without a wrong byte', async (t, router) => {
  const server = await RawServer.listen(t);
  const { port } = await startTcp(t, router, { backend: [`server s1 127.0.0.1:${server.port}`] });
  const bulk = randomBytes(8 * 1024 * 1024);
  const client = await openRaw(t, port);
  client.send(bulk);
  client.end();
  const accepted = await server.next();
  accepted.send(bulk);
  accepted.end();
  await Promise.all([client.ended(60_000), accepted.ended(60_000)]);
  assert.deepEqual([client.count, accepted.count], [bulk.length, bulk.length]);
  const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
  assert.deepEqual([hash(client.bytes), hash(accepted.bytes)], [hash(bulk), hash(bulk)]);
});

forEachRouter('mode tcp tries another server where one refuses, and logs SC where all do', async (t, router) => {
  const server = await RawServer.listen(t);
  const dead = await freePort();
  const { port, syslog } = await startTcp(t, router, {
    backend: ['option redispatch', 'retries 1', `server dead 127.0.0.1:${dead}`, `server s2 127.0.0.1:${server.port}`],
    frontend: ['use_backend none if { src 127.0.0.2 }'],
    backends: { none: ['retries 0', `server dead 127.0.0.1:${dead}`] },
  });
  const client = await openRaw(t, port);
  client.send('x');
  await (await server.next()).expect('x');
  client.reset();
  await syslog.message(/ front apps\/s2 /);
  const refused = await openRaw(t, port, '127.0.0.2');
  await refused.ended();
  const line = await syslog.message(/ front none\//);
  assert.match(shape(line), /^CLIENT front none\/dead N\/-1\/N 0 SC /);
});

forEachRouter('mode tcp with dontlognull logs only connections whose client sent something', async (t, router) => {
  const server = await RawServer.listen(t, (connection) => connection.send('banner'));
  const { port, syslog } = await startTcp(t, router, {
    frontend: ['option dontlognull', 'tcp-request content reject if { src 127.0.0.3 }'],
    backend: [`server s1 127.0.0.1:${server.port}`],
  });
  // A port scan, a client that only listened, a reset, a client that a rule rejects.
  const scan = await openRaw(t, port);
  scan.end();
  const listener = await openRaw(t, port);
  await listener.expect('banner');
  listener.reset();
  await (await openRaw(t, port, '127.0.0.3')).ended();
  const client = await openRaw(t, port, '127.0.0.2');
  await client.expect('banner');
  client.send('x');
  for (const { socket } of server.connections) socket.end();
  client.end();
  await client.ended();
  const lines = [await syslog.message(/^127\.0\.0\.2/), ...syslog.messages()].filter((line) =>
    line.includes(' front '),
  );
  assert.deepEqual([...new Set(lines.map((line) => line.replace(/:.*/, '')))], ['127.0.0.2']);
});

forEachRouter(
  'tcp-request content rules wait for the bytes they look at, as long as inspect-delay',
  async (t, router) => {
    const server = await RawServer.listen(t);
    const { port, syslog } = await startTcp(t, router, {
      frontend: [
        'tcp-request inspect-delay 300ms',
        'tcp-request content reject if { req.payload(0,4) -m bin 51554954 }',
        'tcp-request content accept if WAIT_END',
      ],
      backend: [`server s1 127.0.0.1:${server.port}`],
    });
    const rejected = await openRaw(t, port);
    await rejected.trickle('QUIT');
    await rejected.ended();
    assert.match(shape(await syslog.message(/ PR /)), /^CLIENT front front\/<NOSRV> -1\/-1\/N 0 PR /);
    const other = await openRaw(t, port);
    other.send('HELO');
    await (await server.next()).expect('HELO');
    const silent = await openRaw(t, port);
    const accepted = await server.next();
    accepted.send('banner');
    await silent.expect('banner');
    for (const socket of [other, silent]) socket.reset();
  },
);

forEachRouter('mode tcp routes TLS by its server name without terminating it', async (t, router) => {
  const { keyAndCertFile } = makeCertificates(t);
  const pem = readFileSync(keyAndCertFile);
  const start = async (name: string): Promise<number> => {
    const server = createTlsServer({ key: pem, cert: pem }, (socket) => {
      socket.on('error', () => {});
      socket.end(name);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onCleanup(t, () => new Promise<void>((resolve) => server.close(() => resolve())));
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };
  const [one, two] = [await start('one'), await start('two')];
  const { port } = await startTcp(t, router, {
    frontend: [
      'tcp-request inspect-delay 5s',
      'tcp-request content accept if { req.ssl_hello_type 1 }',
      'use_backend two if { req.ssl_sni -i two.example.org }',
      'use_backend two if { req.ssl_sni -m end .wild.example.org }',
    ],
    backend: [`server s1 127.0.0.1:${one}`],
    backends: { two: [`server s2 127.0.0.1:${two}`] },
  });
  const ask = async (servername: string): Promise<string> => {
    const socket = connectTls({ port, host: '127.0.0.1', servername, rejectUnauthorized: false });
    let received = '';
    socket.setEncoding('utf8').on('data', (text: string) => (received += text));
    await once(socket, 'end');
    socket.destroy();
    return received;
  };
  assert.deepEqual(
    [await ask('one.example.org'), await ask('TWO.example.org'), await ask('a.wild.example.org')],
    ['one', 'two', 'two'],
  );
});

forEachRouter(
  'mode tcp sends PROXY headers, obeys maxconn of a server, and times out in silence',
  async (t, router) => {
    // It closes when its client does: HAProxy waits for that after a timeout, the router does not.
    const server = await RawServer.listen(t, (connection) => connection.socket.on('end', () => connection.end()));
    const { port, syslog } = await startTcp(t, router, {
      defaults: ['timeout client 400ms', 'timeout server 60s'],
      backend: [`server s1 127.0.0.1:${server.port} send-proxy maxconn 1`],
    });
    const first = await openRaw(t, port);
    const one = await server.next();
    await one.expect(new RegExp(`^PROXY TCP4 127\\.0\\.0\\.1 127\\.0\\.0\\.1 \\d+ ${port}\r\n`));
    const second = await openRaw(t, port);
    second.send('waited');
    await first.ended();
    assert.match(shape(await syslog.message(/ cD /)), /^CLIENT front apps\/s1 N\/N\/N 0 cD /);
    await (await server.next()).expect(/waited$/);
  },
);

forEachRouter('a PROXY header in mode tcp has the unique id of the connection', async (t, router) => {
  const server = await RawServer.listen(t);
  const { port } = await startTcp(t, router, {
    frontend: ['unique-id-format "id-%ci-%[int(7)]"'],
    backend: [`server s 127.0.0.1:${server.port} send-proxy-v2 proxy-v2-options unique-id`],
  });
  const client = await openRaw(t, port);
  client.send('hello');
  const connection = await server.next();
  await connection.expect('hello');
  const read = decodeProxyHeader(connection.bytes);
  assert.equal(describeConnection(read.kind === 'header' ? read.header.tlvs : []).uniqueId, 'id-127.0.0.1-7');
  client.end();
  connection.end();
});
