import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startSyslog } from '../../../../test/support/syslog.ts';
import { until } from '../../../../test/support/until.ts';
import { UdpSink } from './udp-sink.ts';

test('each line is one datagram, including those written before the name resolves, in order', async (t) => {
  const server = await startSyslog(t);
  const sink = new UdpSink('localhost', server.port);
  t.after(() => sink.close());
  for (const line of ['a', 'b', 'c\u00e9']) sink.write(line);
  await sink.flush();
  sink.write('d');
  // The server listens on IPv4; where localhost is ::1 first, the lines are lost, and the next assertion fails.
  await until('four datagrams', () => server.datagrams.length === 4);
  assert.deepEqual(server.datagrams, ['a', 'b', 'c\u00e9', 'd']);
  assert.equal(sink.dropped, 0);
});

test('an unresolvable name loses lines, counted, without a lookup for each', async (t) => {
  const sink = new UdpSink('nowhere.invalid', 514);
  t.after(() => sink.close());
  sink.write('a');
  sink.write('b');
  await sink.flush();
  sink.write('c');
  await sink.flush();
  assert.equal(sink.dropped, 3);
});

test('beyond a thousand lines waiting for the name, lines are dropped', async (t) => {
  const server = await startSyslog(t);
  const sink = new UdpSink('127.0.0.1', server.port);
  t.after(() => sink.close());
  for (let index = 0; index < 1010; index += 1) sink.write('x');
  assert.equal(sink.dropped, 10);
  await sink.flush();
});

test('a closed sink ignores lines and does not fail', async (t) => {
  const server = await startSyslog(t);
  for (const when of ['before', 'after']) {
    const sink = new UdpSink('127.0.0.1', server.port);
    sink.write(when);
    if (when === 'after') await sink.flush();
    sink.close();
    sink.close();
    sink.write('x');
    await sink.flush();
    assert.ok(sink.dropped >= 1);
  }
});
