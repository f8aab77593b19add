import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Backend, Server } from '../model/snapshot.ts';
import { backendConfig, bench, checkConfig, failed, queued, serverConfig, source, take, waiter } from './testing.ts';

const checked = (name: string, settings: Partial<Server> = {}): Server =>
  serverConfig(name, { check: checkConfig, ...settings });
const two = (settings: Partial<Server> = {}, backend: Partial<Backend> = {}): Backend =>
  backendConfig([checked('a', settings), checked('b', settings)], backend);

describe('a backend under a new configuration', () => {
  it('keeps its servers, what checks and the operator made of them and what they do, and says nothing', () => {
    const on = bench(two());
    on.backend.checked(on.server('a'), failed);
    on.backend.weigh(on.server('b'), 7);
    const [a, b] = on.backend.servers;
    assert.equal(take(on), 'b');
    on.lines.length = 0;
    assert.deepEqual(on.backend.follow(two()), []);
    assert.deepEqual(on.backend.servers, [a, b]);
    assert.deepEqual([a?.operational, b?.operational, b?.weight, b?.current], ['down', 'up', 7, 1]);
    assert.deepEqual(on.lines, []);
  });
  it('changes weights, limits and maintenance, but not against the operator', () => {
    const on = bench(two());
    on.backend.administer(on.server('b'), 'drain');
    on.backend.follow(two({ weight: 9, maxconn: 3, disabled: true }));
    assert.deepEqual(
      on.backend.servers.map(({ weight, administrative, config }) => [weight, administrative, config.maxconn]),
      [
        [9, 'maint', 3],
        [9, 'drain', 3],
      ],
    );
    on.backend.follow(two());
    assert.equal(on.server('a').administrative, 'ready');
  });
  it('takes a server at another address for another one, which only keeps what the operator said', () => {
    const on = bench(two());
    const [before] = on.backend.servers;
    on.backend.checked(on.server('a'), failed);
    on.backend.administer(on.server('a'), 'drain');
    const moved = { kind: 'tcp', host: '10.9.9.9', port: 1 } as const;
    const left = on.backend.follow(backendConfig([checked('a', { address: moved }), checked('b')]));
    const [after] = on.backend.servers;
    assert.deepEqual(left, [before]);
    assert.notEqual(after, before);
    assert.deepEqual([after?.operational, after?.administrative, before?.retired], ['up', 'drain', true]);
  });
  it('gives a server that is left nothing new, and its slots back to nobody', () => {
    const on = bench(two({ maxconn: 1 }));
    assert.deepEqual([take(on), take(on)], ['a', 'b']);
    const [a] = on.backend.servers;
    on.backend.follow(backendConfig([checked('b', { maxconn: 1 })]));
    const late = queued(on);
    a?.release();
    assert.equal(late.outcome, 'waiting');
    on.server('b').release();
    assert.equal(late.outcome, 'b');
  });
  it('chooses another server for those who wait for one that is left', () => {
    const settings = { balance: source };
    const on = bench(backendConfig([checked('a', { maxconn: 1 }), checked('b', { maxconn: 1 })], settings));
    const first = waiter({ client: '10.0.0.2' });
    assert.equal(take(on, first), 'a');
    const late = queued(on, { client: '10.0.0.2' });
    on.backend.follow(backendConfig([checked('b', { maxconn: 1 })], settings));
    assert.equal(late.outcome, 'b');
  });
  it('refuses those who wait when no server is left', () => {
    const on = bench(backendConfig([checked('a', { maxconn: 1 })], { balance: source }));
    take(on);
    const late = queued(on);
    on.backend.follow(backendConfig([]));
    assert.deepEqual([late.outcome, take(on)], ['no-server', 'no-server']);
  });
  it('lets those who wait keep their deadlines, and gives newcomers the new one', () => {
    const timeouts = (queue: number): Partial<Backend> => ({
      timeouts: { ...backendConfig([]).timeouts, queue },
    });
    const on = bench(backendConfig([checked('a', { maxconn: 1 })], timeouts(1000)));
    take(on);
    const old = queued(on);
    on.backend.follow(backendConfig([checked('a', { maxconn: 1 })], timeouts(100)));
    const young = queued(on);
    on.clock.pass(100);
    assert.deepEqual([old.outcome, young.outcome], ['waiting', 'queue-timeout']);
    on.clock.pass(900);
    assert.equal(old.outcome, 'queue-timeout');
    assert.equal(on.clock.pending, 0);
  });
  it('goes on in turn where it was, when nothing about the servers has changed', () => {
    const on = bench(two());
    const turns = Array.from({ length: 4 }, () => {
      on.backend.follow(two());
      return take(on);
    });
    assert.deepEqual(turns, ['a', 'b', 'a', 'b']);
  });
});

it('learned sessions outlive a new configuration, unless it remembers them otherwise', () => {
  const sessions = { path: '/socket.io', size: 10, expire: 1000 };
  const persistence = { cookie: undefined, rules: [], useServers: [], sessions, sticks: [], storeResponses: [] };
  const { backend } = bench(backendConfig([serverConfig('a')], { persistence }));
  backend.sessions?.learn('id', 'a');
  backend.follow(backendConfig([serverConfig('a'), serverConfig('b')], { persistence }));
  assert.equal(backend.sessions?.find('id'), 'a');
  backend.follow(
    backendConfig([serverConfig('a')], { persistence: { ...persistence, sessions: { ...sessions, size: 5 } } }),
  );
  assert.equal(backend.sessions?.find('id'), undefined);
  backend.follow(backendConfig([serverConfig('a')]));
  assert.equal(backend.sessions, undefined);
});
