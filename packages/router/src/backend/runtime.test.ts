import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Backend } from '../config/snapshot.ts';
import type { Bench, TestWaiter } from './testing.ts';
import { backendConfig, bench, checkConfig, failed, passed, serverConfig, waiter } from './testing.ts';

const source: Backend['balance'] = { name: 'source', args: [], hash: 'map-based' };
const zero = backendConfig([]).timeouts;
// By their addresses, these two clients belong to the first and to the second of two servers.
const forFirst = { client: '10.0.0.2' };
const forSecond = { client: '10.0.0.1' };

function take({ backend }: Bench, one: TestWaiter = waiter()): string {
  const taken = backend.take(one);
  return typeof taken === 'string' ? taken : taken.config.name;
}

function queued(on: Bench, asked?: Parameters<typeof waiter>[0]): TestWaiter {
  const one = waiter(asked);
  assert.equal(take(on, one), 'queued');
  return one;
}

describe('taking a server', () => {
  it('holds a slot until it is released', () => {
    const on = bench(backendConfig([serverConfig('a', { maxconn: 2 })]));
    const server = on.server('a');
    assert.equal(on.backend.take(waiter()), server);
    assert.equal(server.current, 1);
    server.release();
    assert.equal(server.current, 0);
  });
  it('says so when there is none', () => {
    assert.equal(take(bench(backendConfig([]))), 'no-server');
    assert.equal(take(bench(backendConfig([serverConfig('a', { disabled: true })]))), 'no-server');
    assert.equal(take(bench(backendConfig([serverConfig('a', { weight: 0 })]))), 'no-server');
  });
  it('leaves the server a redispatch avoids, unless it is the only one', () => {
    const two = bench(backendConfig([serverConfig('a'), serverConfig('b')], { balance: source }));
    const one = bench(backendConfig([serverConfig('a')], { balance: source }));
    assert.equal(two.backend.take(waiter(forFirst), two.server('a')), two.server('b'));
    assert.equal(one.backend.take(waiter(forFirst), one.server('a')), one.server('a'));
  });
  it('counts the requests inside the backend', () => {
    const { backend } = bench(backendConfig([]));
    backend.enter();
    backend.enter();
    backend.exit();
    assert.equal(backend.current, 1);
  });
});

describe('backups', () => {
  const servers = [serverConfig('a', { check: checkConfig }), serverConfig('b1', { backup: true }), serverConfig('b2', { backup: true })];
  it('serve only when no other server can, the first of them alone', () => {
    const on = bench(backendConfig(servers));
    assert.deepEqual([take(on), take(on)], ['a', 'a']);
    on.backend.checked(on.server('a'), failed);
    assert.deepEqual([take(on), take(on), on.backend.usableServers], ['b1', 'b1', 1]);
    on.backend.administer(on.server('b1'), 'maint');
    assert.equal(take(on), 'b2');
    on.backend.checked(on.server('a'), passed);
    on.backend.checked(on.server('a'), passed);
    assert.equal(take(on), 'a');
  });
  it('serve together with option allbackups', () => {
    const on = bench(backendConfig(servers, { allBackups: true }));
    on.backend.checked(on.server('a'), failed);
    assert.deepEqual([take(on), take(on)], ['b1', 'b2']);
  });
});

describe('limits', () => {
  it('free choices fill every server and then wait in the backend queue, in order', () => {
    const on = bench(backendConfig([serverConfig('a', { maxconn: 1 }), serverConfig('b', { maxconn: 1 })]));
    assert.deepEqual([take(on), take(on)], ['a', 'b']);
    const waiters = [queued(on), queued(on), queued(on)];
    assert.deepEqual(waiters.map((one) => [one.serverQueue, one.backendQueue]), [[0, 1], [0, 2], [0, 3]]);
    on.server('b').release();
    on.server('a').release();
    assert.deepEqual(waiters.map((one) => one.outcome), ['b', 'a', 'waiting']);
    assert.deepEqual([on.server('a').current, on.server('b').current], [1, 1]);
  });
  it('choices that follow from the request wait for their own server while the other is idle', () => {
    const on = bench(backendConfig([serverConfig('a', { maxconn: 1 }), serverConfig('b', { maxconn: 1 })], { balance: source }));
    assert.equal(take(on, waiter(forFirst)), 'a');
    const waiters = [queued(on, forFirst), queued(on, forFirst)];
    assert.deepEqual(waiters.map((one) => [one.serverQueue, one.backendQueue]), [[1, 0], [2, 0]]);
    assert.equal(on.server('a').queued, 2);
    assert.equal(take(on, waiter(forSecond)), 'b');
    on.server('b').release();
    assert.deepEqual(waiters.map((one) => one.outcome), ['waiting', 'waiting']);
    on.server('a').release();
    assert.deepEqual(waiters.map((one) => one.outcome), ['a', 'waiting']);
  });
  it('maxqueue refuses a choice that follows from the request', () => {
    const on = bench(backendConfig([serverConfig('a', { maxconn: 1, maxqueue: 1 })], { balance: source }));
    assert.deepEqual([take(on), take(on), take(on)], ['a', 'queued', 'queue-full']);
  });
  it('maxqueue has no effect on free choices', () => {
    const on = bench(backendConfig([serverConfig('a', { maxconn: 1, maxqueue: 1 })]));
    assert.deepEqual([take(on), take(on), take(on)], ['a', 'queued', 'queued']);
  });
  it('minconn grows to maxconn with the load of the backend', () => {
    const on = bench(backendConfig([serverConfig('a', { minconn: 1, maxconn: 4 })], { fullconn: 8 }));
    const enter = () => {
      on.backend.enter();
      return take(on);
    };
    // Limits at loads 1 to 8: 1 1 1 2 2 3 3 4.
    assert.deepEqual([enter(), enter(), enter()], ['a', 'queued', 'queued']);
    assert.equal(on.server('a').current, 1);
    enter();
    assert.equal(on.server('a').current, 2);
    for (let i = 0; i < 4; i++) enter();
    assert.equal(on.server('a').current, 4);
  });
  it('those who wait for one server are the first to gain when its limit grows', () => {
    const on = bench(backendConfig([serverConfig('a', { minconn: 1, maxconn: 4 })], { fullconn: 4, balance: source }));
    const enter = () => {
      on.backend.enter();
      return on.backend.take(waiter());
    };
    assert.equal(enter(), on.server('a'));
    const one = waiter();
    assert.equal(on.backend.take(one), 'queued');
    on.backend.enter();
    enter();
    assert.equal(one.outcome, 'a');
  });
  it('a server that frees its slot as soon as it is granted serves everybody without recursion', () => {
    const on = bench(backendConfig([serverConfig('a', { maxconn: 1 })]));
    assert.equal(take(on), 'a');
    let served = 0;
    for (let i = 0; i < 20_000; i++) {
      const one = waiter();
      one.granted = (server) => {
        served++;
        server.release();
      };
      on.backend.take(one);
    }
    on.server('a').release();
    assert.deepEqual([served, on.server('a').current], [20_000, 0]);
  });
});

describe('waiting', () => {
  const oneSlot = [serverConfig('a', { maxconn: 1 })];
  it('ends after timeout queue, for each at its own time', () => {
    const on = bench(backendConfig(oneSlot, { timeouts: { ...zero, queue: 100, connect: 5 } }));
    take(on);
    const early = queued(on);
    on.clock.pass(60);
    const late = queued(on);
    on.clock.pass(39);
    assert.equal(early.outcome, 'waiting');
    on.clock.pass(1);
    assert.deepEqual([early.outcome, late.outcome], ['queue-timeout', 'waiting']);
    on.clock.pass(60);
    assert.equal(late.outcome, 'queue-timeout');
    assert.equal(on.clock.pending, 0);
  });
  it('ends after timeout connect when timeout queue is not set, and never when neither is', () => {
    const connect = bench(backendConfig(oneSlot, { timeouts: { ...zero, connect: 50 } }));
    take(connect);
    const one = queued(connect);
    connect.clock.pass(50);
    assert.equal(one.outcome, 'queue-timeout');
    const none = bench(backendConfig(oneSlot));
    take(none);
    queued(none);
    assert.equal(none.clock.pending, 0);
  });
  it('a waiter that is forgotten is neither served nor refused, and leaves no timer', () => {
    const on = bench(backendConfig(oneSlot, { timeouts: { ...zero, queue: 100 } }));
    take(on);
    const [first, second, third] = [queued(on), queued(on), queued(on)];
    on.backend.forget(second);
    on.server('a').release();
    on.server('a').release();
    assert.deepEqual([first.outcome, second.outcome, third.outcome], ['a', 'waiting', 'a']);
    assert.equal(on.clock.pending, 0);
    on.backend.forget(second);
  });
  it('a waiter served in time leaves no timer', () => {
    const on = bench(backendConfig(oneSlot, { timeouts: { ...zero, queue: 100 } }));
    take(on);
    const one = queued(on);
    on.server('a').release();
    assert.deepEqual([one.outcome, on.clock.pending], ['a', 0]);
  });
});

describe('a server that goes', () => {
  const pair = (balance: Backend['balance']) =>
    bench(backendConfig(['a', 'b'].map((name) => serverConfig(name, { maxconn: 1, check: checkConfig })), { balance, timeouts: { ...zero, queue: 100 } }));

  it('hands those who waited for it to the others, with the time they had left', () => {
    const on = pair(source);
    assert.equal(take(on, waiter(forFirst)), 'a');
    const [first, second] = [queued(on, forFirst), queued(on, forFirst)];
    on.clock.pass(70);
    on.backend.checked(on.server('a'), failed);
    assert.deepEqual([first.outcome, second.outcome], ['b', 'waiting']);
    assert.deepEqual([on.server('a').queued, on.server('b').queued], [0, 1]);
    on.clock.pass(30);
    assert.equal(second.outcome, 'queue-timeout');
    assert.match(on.lines[0] ?? '', /1 sessions active, 2 requeued, 0 remaining in queue\.$/);
  });
  it('leaves those who waited for it without a server when it was the last', () => {
    const on = pair(source);
    on.backend.administer(on.server('b'), 'maint');
    assert.equal(take(on), 'a');
    const one = queued(on);
    on.backend.administer(on.server('a'), 'drain');
    assert.equal(one.outcome, 'no-server');
    assert.equal(on.clock.pending, 0);
    assert.equal(take(on), 'no-server');
  });
  it('gets no more of those in the backend queue while it is down, and they are its own when it returns', () => {
    const on = bench(backendConfig([serverConfig('a', { maxconn: 1, check: checkConfig })], { timeouts: { ...zero, queue: 100 } }));
    assert.equal(take(on), 'a');
    const one = queued(on);
    on.backend.checked(on.server('a'), failed);
    on.server('a').release();
    assert.deepEqual([one.outcome, take(on)], ['waiting', 'no-server']);
    on.backend.checked(on.server('a'), passed);
    assert.equal(one.outcome, 'waiting');
    on.backend.checked(on.server('a'), passed);
    assert.deepEqual([one.outcome, one.server?.current], ['a', 1]);
    assert.match(on.lines.at(-1) ?? '', /1 sessions requeued, 0 total in queue\.$/);
  });
  it('lets the requests it has finish', () => {
    const on = pair(source);
    assert.equal(take(on, waiter(forFirst)), 'a');
    on.backend.administer(on.server('a'), 'maint');
    assert.equal(on.server('a').current, 1);
    on.server('a').release();
    assert.equal(on.server('a').current, 0);
  });
});

describe('weights', () => {
  it('a weight of 0 takes balanced traffic away, another gives it back', () => {
    const on = bench(backendConfig([serverConfig('a'), serverConfig('b')]));
    on.backend.weigh(on.server('a'), 0);
    assert.deepEqual([take(on), take(on), on.server('a').usable], ['b', 'b', true]);
    on.backend.weigh(on.server('a'), 2);
    assert.deepEqual([take(on), take(on), take(on)].toSorted(), ['a', 'a', 'b']);
  });
  it('those who wait are served by a server that gets a weight', () => {
    const on = bench(backendConfig([serverConfig('a', { maxconn: 1 }), serverConfig('b', { weight: 0 })]));
    take(on);
    const one = queued(on);
    on.backend.weigh(on.server('b'), 1);
    assert.equal(one.outcome, 'b');
  });
});

describe('orders from elsewhere', () => {
  it('reach the server of the same name, and nothing happens when there is none', () => {
    const on = bench(backendConfig([serverConfig('a', { check: checkConfig })]));
    const twin = bench(backendConfig([serverConfig('a'), serverConfig('x')]));
    on.backend.checked(twin.server('a'), failed);
    assert.equal(on.server('a').operational, 'down');
    on.backend.administer(twin.server('x'), 'maint');
    on.backend.weigh(twin.server('x'), 0);
  });
  it('those who watch hear of each change until they stop', () => {
    const on = bench(backendConfig([serverConfig('a', { check: checkConfig })]));
    const heard: string[] = [];
    const stop = on.backend.watch((server) => void heard.push(`${server.key} ${server.usable}`));
    on.backend.checked(on.server('a'), passed);
    on.backend.administer(on.server('a'), 'drain');
    on.backend.administer(on.server('a'), 'drain');
    on.backend.administer(on.server('a'), 'ready');
    stop();
    on.backend.administer(on.server('a'), 'maint');
    assert.deepEqual(heard, ['be/a false', 'be/a true']);
  });
  it('results that arrive during maintenance are dropped', () => {
    const on = bench(backendConfig([serverConfig('a', { check: checkConfig })]));
    on.backend.administer(on.server('a'), 'maint');
    on.backend.checked(on.server('a'), failed);
    on.backend.administer(on.server('a'), 'ready');
    assert.equal(on.server('a').usable, true);
  });
});
