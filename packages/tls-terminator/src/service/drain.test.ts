import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as tcpConnect } from 'node:net';
import test from 'node:test';
import { readAll, readBytes, startServer, startService, tcp } from './fixtures/service.ts';

const quick = { busy: 10_000, connect: 10_000, idle: 10_000, close: 1000 };

test('a drain takes no new connection, ends sessions that wait for a client, and waits for an answer that is under way', async (t) => {
  const asked = Promise.withResolvers<() => void>();
  const { port } = await startServer(t, (socket) => {
    socket.on('data', (bytes: Buffer) => {
      if (bytes.toString() === 'quick') socket.write('answered');
      else asked.resolve(() => socket.end('at last'));
    });
    socket.on('end', () => socket.end());
  });
  const { connect, lines, port: own, running } = await startService(t, { connects: [tcp(port)], timeouts: quick });
  const [idle, waiting] = [await connect(), await connect()];
  idle.write('quick');
  assert.equal((await readBytes(idle, 8)).toString(), 'answered');
  idle.on('error', (error) => assert.fail(error));
  idle.on('end', () => idle.end());
  waiting.write('slow');
  const answer = await asked.promise;

  const drained = running.drain();
  const [refused] = await once(tcpConnect(own, '127.0.0.1'), 'error');
  assert.equal(refused.code, 'ECONNREFUSED');
  assert.match((await lines.find('DRAINED')).message, /^Connection closed: 8 byte/);
  answer();
  assert.equal((await readAll(waiting)).toString(), 'at last');
  waiting.end();
  await drained;
  await lines.find('SERVER_CLOSED');
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

test('close ends everything at once, and says so', async (t) => {
  const { port } = await startServer(t, () => {});
  const { connect, lines, running } = await startService(t, { connects: [tcp(port)] });
  const client = await connect();
  await lines.find(/accepted connection/);
  const ended = once(client, 'error');
  running.close();
  const [error] = await ended;
  assert.equal(error.code, 'ECONNRESET');
  await lines.find('STOPPED');
});
