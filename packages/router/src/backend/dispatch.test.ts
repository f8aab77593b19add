import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  backendConfig,
  bench,
  checkConfig,
  failed,
  forFirst,
  noTimeouts,
  passed,
  queued,
  serverConfig,
  source,
  take,
  waiter,
} from './testing.ts';

/** By its address, this client belongs to the second of two servers. */
const forSecond = { client: '10.0.0.1' };

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
    assert.equal(two.backend.take(waiter(forFirst), { avoid: [two.server('a')] }), two.server('b'));
    assert.equal(one.backend.take(waiter(forFirst), { avoid: [one.server('a')] }), one.server('a'));
  });
  it('leaves all servers a redispatch avoids for the least busy of the others', () => {
    for (const name of ['roundrobin', 'leastconn', 'source', 'random', 'first', 'static-rr'] as const) {
      const on = bench(
        backendConfig(
          ['a', 'b', 'c', 'd'].map((server) => serverConfig(server)),
          { balance: { name, args: [], hash: 'map-based' } },
        ),
      );
      const avoid = [on.server('a'), on.server('b')];
      for (let turn = 0; turn < 8; turn += 1) {
        const taken = on.backend.take(waiter(forFirst), { avoid });
        assert.ok(taken === on.server('c') || taken === on.server('d'), name);
      }
      assert.equal(on.backend.hasOther(avoid), true);
      assert.equal(on.backend.hasOther([...avoid, on.server('c'), on.server('d')]), false);
    }
  });
  it('takes the server its client is bound to, as long as it may be used', () => {
    const on = bench(backendConfig([serverConfig('a'), serverConfig('b'), serverConfig('c', { disabled: true })]));
    for (let turn = 0; turn < 4; turn += 1) {
      assert.equal(on.backend.take(waiter(forFirst), { prefer: on.server('b') }), on.server('b'));
      assert.notEqual(on.backend.take(waiter(forFirst), { prefer: on.server('c') }), on.server('c'));
    }
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
  const servers = [
    serverConfig('a', { check: checkConfig }),
    serverConfig('b1', { backup: true }),
    serverConfig('b2', { backup: true }),
  ];
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
    on.server('b').release();
    on.server('a').release();
    assert.deepEqual(
      waiters.map((one) => one.outcome),
      ['b', 'a', 'waiting'],
    );
    const late = queued(on);
    on.server('a').release();
    on.server('a').release();
    assert.deepEqual(
      [...waiters, late].map((one) => [one.serverQueue, one.backendQueue]),
      [
        [0, 1],
        [0, 2],
        [0, 3],
        [0, 2],
      ],
    );
    assert.deepEqual([on.server('a').current, on.server('b').current], [1, 1]);
  });
  it('only what balance chose counts as balanced, not what waited for any server or is bound to one', () => {
    const on = bench(backendConfig([serverConfig('a', { maxconn: 1 }), serverConfig('b')]));
    assert.deepEqual([take(on), take(on)], ['a', 'b']);
    assert.equal(take(on, { ...waiter(), bound: { server: on.server('b'), forced: false } }), 'b');
    on.backend.administer(on.server('b'), 'maint');
    queued(on);
    on.server('a').release();
    assert.deepEqual([on.server('a').counters.balanced, on.server('b').counters.balanced], [1, 1]);
  });
  it('choices that follow from the request wait for their own server while the other is idle', () => {
    const on = bench(
      backendConfig([serverConfig('a', { maxconn: 1 }), serverConfig('b', { maxconn: 1 })], { balance: source }),
    );
    assert.equal(take(on, waiter(forFirst)), 'a');
    const waiters = [queued(on, forFirst), queued(on, forFirst)];
    assert.equal(on.server('a').queued, 2);
    assert.equal(take(on, waiter(forSecond)), 'b');
    on.server('b').release();
    assert.deepEqual(
      waiters.map((one) => one.outcome),
      ['waiting', 'waiting'],
    );
    on.server('a').release();
    assert.deepEqual(
      waiters.map((one) => one.outcome),
      ['a', 'waiting'],
    );
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
    const on = bench(backendConfig(oneSlot, { timeouts: { ...noTimeouts, queue: 100, connect: 5 } }));
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
    const connect = bench(backendConfig(oneSlot, { timeouts: { ...noTimeouts, connect: 50 } }));
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
    const on = bench(backendConfig(oneSlot, { timeouts: { ...noTimeouts, queue: 100 } }));
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
    const on = bench(backendConfig(oneSlot, { timeouts: { ...noTimeouts, queue: 100 } }));
    take(on);
    const one = queued(on);
    on.server('a').release();
    assert.deepEqual([one.outcome, on.clock.pending], ['a', 0]);
  });
});
