import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import test from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { dial, listen } from '../../../../test/support/tcp.ts';
import { freePort } from '../../../../test/support/ports.ts';
import { folder, readAll, startService, tcp, unix } from './fixtures/service.ts';

const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const patient = { busy: 0, connect: 10_000, idle: 0, close: 0 };
const short = { ...patient, connect: 200 };

test('a client that comes while the router restarts is served by the new one', async (t) => {
  const path = join(folder, 'late.sock');
  const { connect, lines } = await startService(t, { connects: [unix(path)], timeouts: patient });
  // In TLS 1.2 the service has finished the handshake, and tried to connect, before its client has.
  const client = await connect({ maxVersion: 'TLSv1.2' });
  client.write('hel');
  await nextTurn();
  await listen(t, (socket) => void readAll(socket).then((heard) => socket.end(`heard ${String(heard)}`)), {
    path,
  });
  client.end('lo');
  assert.equal((await readAll(client)).toString(), 'heard hello');
  assert.equal((await lines.find(/accepted connection/)).fields['refused'], `${path}: ENOENT`);
});

test('a browser is told that nobody answers, also one in the middle of an upload', async (t) => {
  const { connect, lines } = await startService(t, { connects: [tcp(await freePort())], timeouts: short });
  const client = await connect();
  client.on('error', (error) => assert.fail(error));
  client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n');
  client.write(Buffer.alloc(4_000_000));
  assert.match((await readAll(client)).toString(), /^HTTP\/1\.1 503 /);
  client.end();
  const line = await lines.find('CONNECT_FAILED');
  assert.match(line.message, /ECONNREFUSED/);
  assert.ok(Number(line.fields['bytes_to_client']) > 0);
});

test('a client that speaks something else is reset, not answered', async (t) => {
  const { connect } = await startService(t, { connects: [tcp(await freePort())], timeouts: short });
  const client = await connect();
  client.on('data', (bytes: Buffer) => assert.fail(bytes.toString()));
  client.write('EHLO a.test\r\n');
  const [error] = await once(client, 'error');
  assert.equal(error.code, 'ECONNRESET');
});

test('a client that was told and does not leave is cut off', async (t) => {
  const { connect, lines } = await startService(t, { connects: [tcp(await freePort())], timeouts: short });
  const client = await connect();
  client.write(REQUEST);
  await readAll(client);
  await lines.find('CONNECT_FAILED');
});

test('a client that resets while the router restarts leaves nothing behind', async (t) => {
  const { port, connect, lines, running } = await startService(t, {
    connects: [tcp(await freePort())],
    timeouts: patient,
  });
  const raw = await dial(t, { port: port });
  await connect({ socket: raw, maxVersion: 'TLSv1.2' });
  raw.resetAndDestroy();
  await lines.find('CLIENT_GONE');
  await running.drain();
});

test('a stop does not wait for a router that is not there', async (t) => {
  const { connect, running } = await startService(t, { connects: [tcp(await freePort())], timeouts: patient });
  const client = await connect({ maxVersion: 'TLSv1.2' });
  client.write(REQUEST);
  await nextTurn();
  const left = new Promise((resolve) => client.on('close', resolve));
  client.resume();
  // Told in a page or, when its request was not read yet, by a reset.
  client.on('end', () => client.end());
  await running.drain();
  await left;
});
