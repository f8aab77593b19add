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

describe('a server that goes', () => {
  const pair = () =>
    bench(
      backendConfig(
        ['a', 'b'].map((name) => serverConfig(name, { maxconn: 1, check: checkConfig })),
        { balance: source, timeouts: { ...noTimeouts, queue: 100 } },
      ),
    );

  it('hands those who waited for it to the others, with the time they had left', () => {
    const on = pair();
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
    const on = pair();
    on.backend.administer(on.server('b'), 'maint');
    assert.equal(take(on), 'a');
    const one = queued(on);
    on.backend.administer(on.server('a'), 'drain');
    assert.equal(one.outcome, 'no-server');
    assert.equal(on.clock.pending, 0);
    assert.equal(take(on), 'no-server');
  });
  it('gets no more of those in the backend queue while it is down, and they are its own when it returns', () => {
    const on = bench(
      backendConfig([serverConfig('a', { maxconn: 1, check: checkConfig })], {
        timeouts: { ...noTimeouts, queue: 100 },
      }),
    );
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
    const on = pair();
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
