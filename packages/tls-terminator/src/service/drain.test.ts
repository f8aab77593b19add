import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect as tcpConnect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import { listen } from '../../../../test/support/tcp.ts';
import { ca, folder, readBytes, refused, startService, tcp, unix } from './fixtures/service.ts';

const quick = { busy: 10_000, connect: 10_000, idle: 10_000, close: 1000 };

test('a drain takes no new connection, and sessions go on until their ends have ended them, silent ones too', async (t) => {
  const served: Socket[] = [];
  const { port } = await listen(t, (socket) => {
    served.push(socket);
    socket.on('data', () => socket.write('answered'));
    socket.on('end', () => socket.end());
  });
  const { connect, lines, port: own, running } = await startService(t, { connects: [tcp(port)], timeouts: quick });
  const [silent, handshaking] = [await connect(), tcpConnect(own, '127.0.0.1')];
  silent.write('quick');
  assert.equal((await readBytes(silent, 8)).toString(), 'answered');
  silent.on('error', (error) => assert.fail(error));
  handshaking.resume().on('error', () => {});

  const drained = running.drain();
  await refused(own);
  // Unfinished handshakes are dropped after a while: the session, as silent, outlives them.
  await once(handshaking, 'close');
  assert.equal(silent.destroyed, false);
  served[0]?.write('still here');
  assert.equal((await readBytes(silent, 10)).toString(), 'still here');
  silent.end();
  silent.resume();
  await drained;
  await lines.find('CLIENT_CLOSED');
});

test('a drain does not wait for clients that never finish their handshake', async (t) => {
  const { running, port, lines } = await startService(t, { connects: [tcp(1)], timeouts: quick });
  const silent = tcpConnect(port, '127.0.0.1');
  await once(silent, 'connect');
  silent.resume();
  const seen = once(silent, 'close');
  await running.drain();
  await seen;
  await lines.find('ECONNRESET');
});

test('a drain on a unix socket serves the handshakes that are under way, and ends those that say nothing', async (t) => {
  const path = join(folder, 'drained.sock');
  const { port } = await listen(t, (socket) => socket.once('data', () => socket.end('served')));
  const { running } = await startService(t, { connects: [tcp(port)], accepts: [unix(path)], timeouts: quick });
  const [silent, slow] = [tcpConnect(path), tcpConnect(path)];
  await Promise.all([once(silent, 'connect'), once(slow, 'connect')]);
  const seen = once(silent.resume(), 'close');

  const drained = running.drain();
  const client = tlsConnect({ socket: slow, ca, servername: 'localhost' });
  await once(client, 'secureConnect');
  await seen;
  assert.equal(existsSync(path), false);
  client.write('GET /');
  assert.equal((await readBytes(client, 6)).toString(), 'served');
  await drained;
});

test('close ends everything at once, and says so', async (t) => {
  const { port } = await listen(t, () => {});
  const { connect, lines, running } = await startService(t, { connects: [tcp(port)] });
  const client = await connect();
  await lines.find(/accepted connection/);
  const ended = once(client, 'error');
  running.close();
  const [error] = await ended;
  assert.equal(error.code, 'ECONNRESET');
  await lines.find('STOPPED');
});
