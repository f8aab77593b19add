import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect as tcpConnect } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { ensureDevelopmentCertificate } from '../certificate/development.ts';
import type { AcceptAddress } from '../model/snapshot.ts';
import { listen } from '../../../../test/support/tcp.ts';
import { freePort } from '../../../../test/support/ports.ts';
import { folder, readAll, readBytes, refused, serviceOf, tcp } from '../service/fixtures/service.ts';
import { runtimeOf, snapshotOf } from './fixtures/runtime.ts';

const at = { file: 'test', line: 1, column: 1 };

function accept(port: number): AcceptAddress {
  return { kind: 'tcp', at, host: '127.0.0.1', port };
}

async function visit(t: TestContext, port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const client = tlsConnect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  t.after(() => client.destroy());
  await once(client, 'secureConnect');
  client.on('error', () => {});
  return client;
}

/** A server that says who it is and repeats what it is told. */
async function echo(t: TestContext, name: string): Promise<number> {
  const { port } = await listen(t, (socket) => {
    socket.write(name);
    socket.on('data', (bytes) => socket.write(bytes));
    socket.on('end', () => socket.end());
  });
  return port;
}

async function greeting(client: TLSSocket): Promise<string> {
  return (await readBytes(client, 1)).toString();
}

test('new connections follow the new configuration, open sessions go on, on a socket that stays bound', async (t) => {
  const [port, one, two] = [await freePort(), await echo(t, '1'), await echo(t, '2')];
  const { runtime } = runtimeOf(t);
  const service = serviceOf({ accepts: [accept(port)], connects: [tcp(one)] });
  await runtime.apply(snapshotOf(service));
  assert.deepEqual(runtime.addresses, [`127.0.0.1:${port}`]);
  const before = await visit(t, port);
  assert.equal(await greeting(before), '1');
  await runtime.apply(snapshotOf({ ...service, connects: [tcp(two)] }));
  assert.deepEqual(runtime.addresses, [`127.0.0.1:${port}`]);
  assert.equal(await greeting(await visit(t, port)), '2');
  before.write('x');
  assert.equal(await greeting(before), 'x');
});

test('a port that the system chose stays the same', async (t) => {
  const { runtime } = runtimeOf(t);
  const service = serviceOf({ accepts: [accept(0), accept(0)], connects: [tcp(1)] });
  await runtime.apply(snapshotOf(service));
  const { addresses } = runtime;
  assert.equal(new Set(addresses).size, 2);
  await runtime.apply(snapshotOf({ ...service, maxConnections: 5 }));
  assert.deepEqual(runtime.addresses, addresses);
});

test('a renewed certificate is shown to new clients, and sessions are still resumed', async (t) => {
  const [port, server] = [await freePort(), await echo(t, '1')];
  const { runtime } = runtimeOf(t);
  const service = serviceOf({ accepts: [accept(port)], connects: [tcp(server)] });
  await runtime.apply(snapshotOf(service));
  const first = await visit(t, port, { maxVersion: 'TLSv1.2' });
  const session = first.getSession();
  const { bundleFile } = await ensureDevelopmentCertificate({ directory: join(folder, 'renewed'), names: ['b.test'] });
  const renewed = await readFile(bundleFile, 'utf8');
  const { secureContext } = service.tls;
  await runtime.apply(
    snapshotOf({
      ...service,
      tls: { ...service.tls, secureContext: { ...secureContext, key: renewed, cert: renewed } },
    }),
  );
  assert.equal((await visit(t, port)).getPeerCertificate().subject.CN, 'b.test');
  assert.equal((await visit(t, port, { session, maxVersion: 'TLSv1.2' })).isSessionReused(), true);
});

test('keys of session tickets that the process made survive', async (t) => {
  const [port, server] = [await freePort(), await echo(t, '1')];
  const { runtime } = runtimeOf(t);
  const given = serviceOf({ accepts: [accept(port)], connects: [tcp(server)] });
  const { ticketKeys: _, ...secureContext } = given.tls.secureContext;
  const service = { ...given, tls: { ...given.tls, secureContext } };
  await runtime.apply(snapshotOf(service));
  const session = (await visit(t, port, { maxVersion: 'TLSv1.2' })).getSession();
  await runtime.apply(snapshotOf(service));
  assert.equal((await visit(t, port, { session, maxVersion: 'TLSv1.2' })).isSessionReused(), true);
});

test('keys of session tickets that the process made are renewed when the day is over', async (t) => {
  const [port, server] = [await freePort(), await echo(t, '1')];
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.now() });
  const { runtime } = runtimeOf(t);
  const given = serviceOf({ accepts: [accept(port)], connects: [tcp(server)] });
  const { ticketKeys: _, ...secureContext } = given.tls.secureContext;
  await runtime.apply(snapshotOf({ ...given, tls: { ...given.tls, secureContext } }));
  const ticket = async (): Promise<Buffer | undefined> =>
    (await visit(t, port, { maxVersion: 'TLSv1.2' })).getSession();
  const isGood = async (session: Buffer | undefined): Promise<boolean> =>
    (await visit(t, port, { session, maxVersion: 'TLSv1.2' })).isSessionReused();
  const first = await ticket();
  assert.equal(await isGood(first), true);
  t.mock.timers.tick(86_400_000);
  assert.equal(await isGood(first), false);
  assert.equal(await isGood(await ticket()), true);
});

test('an address that is gone accepts nothing more and its sessions go on; one that is new is served', async (t) => {
  const [old, fresh, server] = [await freePort(), await freePort(), await echo(t, '1')];
  const { runtime } = runtimeOf(t);
  const service = serviceOf({ accepts: [accept(old)], connects: [tcp(server)] });
  await runtime.apply(snapshotOf(service));
  const client = await visit(t, old);
  assert.equal(await greeting(client), '1');
  await runtime.apply(snapshotOf({ ...service, name: 'other', accepts: [accept(fresh)] }));
  await refused(old);
  assert.equal(await greeting(await visit(t, fresh)), '1');
  client.end('last');
  assert.equal((await readAll(client)).toString(), 'last');
});

test('a port that is taken leaves everything as it was, with every reason', async (t) => {
  const [port, free, server, other] = [await freePort(), await freePort(), await echo(t, '1'), await echo(t, '2')];
  const taken = [await listen(t, () => {}), await listen(t, () => {})];
  const { runtime } = runtimeOf(t);
  const service = serviceOf({ accepts: [accept(port)], connects: [tcp(server)] });
  await runtime.apply(snapshotOf(service));
  const accepts = [accept(port), accept(free), ...taken.map((each) => accept(each.port))];
  await assert.rejects(runtime.apply(snapshotOf({ ...service, accepts, connects: [tcp(other)] })), (error: Error) =>
    taken.every((each) => error.message.includes(`cannot listen on 127.0.0.1:${each.port}`)),
  );
  assert.deepEqual(runtime.addresses, [`127.0.0.1:${port}`]);
  await refused(free);
  assert.equal(await greeting(await visit(t, port)), '1');
});

test('a start where one of several addresses is taken keeps none of them', async (t) => {
  const [free, taken] = [await freePort(), await listen(t, () => {})];
  const { runtime } = runtimeOf(t);
  const service = serviceOf({ accepts: [accept(free), accept(taken.port)], connects: [tcp(1)] });
  await assert.rejects(runtime.apply(snapshotOf(service)), { code: 'EADDRINUSE' });
  await refused(free);
});

test('a certificate that OpenSSL does not take leaves everything as it was', async (t) => {
  const [port, free, server] = [await freePort(), await freePort(), await echo(t, '1')];
  const { runtime } = runtimeOf(t);
  const service = serviceOf({ accepts: [accept(port)], connects: [tcp(server)] });
  await runtime.apply(snapshotOf(service));
  const broken = serviceOf({ name: 'b', accepts: [accept(free)], connects: [tcp(server)], tlsOptions: { cert: 'x' } });
  await assert.rejects(runtime.apply(snapshotOf(service, broken)));
  await refused(free);
  assert.equal(await greeting(await visit(t, port)), '1');
});

test('a lower limit counts the connections that are there already', async (t) => {
  const [port, server] = [await freePort(), await echo(t, '1')];
  const { runtime, lines } = runtimeOf(t);
  const service = serviceOf({ accepts: [accept(port)], connects: [tcp(server)] });
  await runtime.apply(snapshotOf(service));
  const client = await visit(t, port);
  assert.equal(await greeting(client), '1');
  await runtime.apply(snapshotOf({ ...service, maxConnections: 1 }));
  const late = tcpConnect(port, '127.0.0.1');
  late.on('error', () => {});
  await once(late, 'close');
  await lines.find(/too many clients/);
  client.end();
  await readAll(client);
});

test('a stop waits for the sessions of earlier configurations, and nothing is applied any more', async (t) => {
  const [port, server] = [await freePort(), await echo(t, '1')];
  const { runtime } = runtimeOf(t);
  const service = serviceOf({ accepts: [accept(port)], connects: [tcp(server)] });
  await runtime.apply(snapshotOf(service));
  const client = await visit(t, port);
  assert.equal(await greeting(client), '1');
  await runtime.apply(snapshotOf(service));
  let over = false;
  const drained = runtime.drain().then(() => (over = true));
  await assert.rejects(runtime.apply(snapshotOf(service)), /stopping/);
  await refused(port);
  assert.equal(over, false);
  client.end('bye');
  assert.equal((await readAll(client)).toString(), 'bye');
  await drained;
});
