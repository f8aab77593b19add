import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { dial, listen } from '../../../../test/support/tcp.ts';
import { startService, tcp } from './fixtures/service.ts';
import type { Link } from '@headgate/shared/net/link';
import { Places } from './places.ts';

const patient = { connect: 10_000, idle: 10_000, close: 10_000 };

for (const [name, options] of [
  ['maxConnections', { maxConnections: 2 }],
  ['what the process has descriptors for', { places: new Places(2) }],
] as const) {
  test(`a connection more than ${name} is closed, and there is room again when one ends`, async (t) => {
    const { port } = await listen(t, (socket) => socket.on('end', () => socket.end()));
    const {
      connect,
      lines,
      port: own,
    } = await startService(t, { connects: [tcp(port)], timeouts: { ...patient, busy: 400, idle: 400 }, ...options });
    const [first] = [await connect(), await connect()];
    const third = await dial(t, { port: own });
    third.resume();
    await Promise.race([once(third, 'end'), once(third, 'close')]);
    assert.match((await lines.find(/too many clients/)).message, /^Connection rejected: too many clients \(>=2\)$/);
    first?.destroy();
    await lines.find(/^Connection (closed|reset)/);
    (await connect()).destroy();
  });
}

test('when there is no place left the client that is longest in its handshake gives way, and who is served does not', async (t) => {
  const { port } = await listen(t, (socket) => socket.on('data', (chunk: Buffer) => socket.write(chunk)));
  const { connect, lines, port: own } = await startService(t, { connects: [tcp(port)], maxConnections: 3 });
  const served = await connect();
  const [first, second] = [await dial(t, { port: own }), await dial(t, { port: own })];
  first.resume();
  const given = once(first, 'end');
  const newcomer = await connect();
  await given;
  for (const client of [served, newcomer]) {
    client.write('still here');
    assert.equal((await once(client, 'data')).toString(), 'still here');
  }
  assert.equal(second.readableEnded, false);
  assert.equal((await lines.find(/too many clients/)).fields['rejected'], 1);
});

test('services share the places of the process: the silent clients of one keep nobody out of another', async (t) => {
  const { port } = await listen(t, (socket) => socket.end('served'));
  const places = new Places(2);
  const silent = await startService(t, { connects: [tcp(port)], places });
  const busy = await startService(t, { connects: [tcp(port)], places });
  const [first, second] = [await dial(t, { port: silent.port }), await dial(t, { port: silent.port })];
  first.resume();
  const given = once(first, 'end');
  const client = await busy.connect();
  await given;
  second.resume();
  const full = once(second, 'end');
  const other = await busy.connect();
  await full;
  client.destroy();
  other.destroy();
});

test('the places of the process are full when its services together have filled them', async (t) => {
  const { port } = await listen(t, () => {});
  const places = new Places(2);
  const one = await startService(t, { connects: [tcp(port)], places });
  const two = await startService(t, { connects: [tcp(port)], places });
  await one.connect();
  await two.connect();
  const third = await dial(t, { port: one.port });
  third.resume();
  await Promise.race([once(third, 'end'), once(third, 'close')]);
  assert.equal((await one.lines.find(/too many clients/)).message, 'Connection rejected: too many clients (>=2)');
});

test('one address has maxPerAddress places, and others have theirs', async (t) => {
  const { port } = await listen(t, (socket) => socket.on('end', () => socket.end()));
  const started = await startService(t, { connects: [tcp(port)], maxPerAddress: 2 });
  const [first] = [await started.connect(), await started.connect()];
  const third = await dial(t, { port: started.port });
  third.resume();
  await Promise.race([once(third, 'end'), once(third, 'close')]);
  const elsewhere = { localAddress: '127.0.0.9' };
  (await started.connect(elsewhere as object)).destroy();
  first?.destroy();
  await started.lines.find(/^Connection (closed|reset)/);
  (await started.connect()).destroy();
});

test('handshakes beyond maxHandshakes take the places of the oldest, and finished ones keep theirs', async (t) => {
  const { port } = await listen(t, (socket) => socket.on('end', () => socket.end()));
  const started = await startService(t, { connects: [tcp(port)], maxHandshakes: 2 });
  const secured = await started.connect();
  const silent = [await dial(t, { port: started.port }), await dial(t, { port: started.port })];
  const closed = once(silent[0] ?? secured, 'end');
  for (const socket of silent) socket.resume();
  const second = await started.connect();
  await closed;
  assert.equal(silent[1]?.destroyed, false);
  assert.equal(secured.destroyed, false);
  second.destroy();
});

test('places per address are given back, whatever the order, and an IPv6 network is one address', () => {
  const places = new Places(10);
  places.resize(10, { handshakes: 0, perAddress: 1 });
  const link = (address: string): Link => ({ peer: { address, port: 1 }, close() {} }) as unknown as Link;
  const [a, b, c] = [link('2001:db8::1'), link('2001:db8::2'), link('2001:db8:0:1::1')];
  assert.equal(places.enter(a), 'free');
  assert.equal(places.enter(b), 'none');
  assert.equal(places.enter(c), 'free');
  places.leave(a);
  places.leave(a);
  assert.equal(places.enter(b), 'free');
  assert.equal(places.enter(link('')), 'free');
  assert.equal(places.enter(link('')), 'free');
});
