import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { listen } from '../../../../test/support/tcp.ts';
import { TempDir } from '../../../../test/support/temp.ts';
import { until } from '../../../../test/support/until.ts';
import { explainUnixSocket, UnixSink } from './unix-sink.ts';

test('lines reach a stream socket', async (t) => {
  const path = new TempDir(t).join('log.sock');
  const { server } = await listen(t, undefined, { path });
  const sink = new UnixSink(path);
  sink.write('a');
  sink.write('b');
  const [socket] = await once(server, 'connection');
  const [data] = await once(socket, 'data');
  assert.equal(String(data), 'a\nb\n');
  assert.equal(sink.dropped, 0);
  sink.close();
  await once(socket.resume(), 'end');
});

test('a socket without a listener loses lines, counted', async (t) => {
  const sink = new UnixSink(new TempDir(t).join('none.sock'));
  t.after(() => sink.close());
  sink.write('a');
  await sink.flush();
  sink.write('b');
  await sink.flush();
  await until('both lines to be counted', () => sink.dropped === 2);
});

test('datagram sockets of the system are recognised by name', () => {
  assert.match(explainUnixSocket('/dev/log') ?? '', /datagram.*UDP.*stdout/);
  assert.equal(explainUnixSocket('/run/mine.sock'), undefined);
});
