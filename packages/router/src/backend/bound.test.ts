import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ServerState } from '../model/backend.ts';
import { backendConfig, bench, checkConfig, failed, noTimeouts, serverConfig, waiter } from './testing.ts';
import type { TestWaiter } from './testing.ts';

const two = [serverConfig('a', { maxconn: 1, check: checkConfig }), serverConfig('b', { maxconn: 1 })];

function boundTo(server: ServerState, forced = false): TestWaiter {
  return Object.assign(waiter(), { bound: { server, forced } });
}

describe('a request that is bound to a server', () => {
  it('goes there whatever balance says, and waits there even while another server is idle', () => {
    const on = bench(backendConfig(two));
    const a = on.server('a');
    for (const expected of [a, 'queued', 'queued'] as const) assert.equal(on.backend.take(boundTo(a)), expected);
    assert.equal(a.queued, 2);
    assert.equal(on.server('b').current, 0);
  });
  it('is told when the queue of its server is full', () => {
    const on = bench(backendConfig([serverConfig('a', { maxconn: 1, maxqueue: 1 }), serverConfig('b')]));
    const a = on.server('a');
    for (const expected of [a, 'queued', 'queue-full'] as const) assert.equal(on.backend.take(boundTo(a)), expected);
  });
  it('goes to a server that is draining, or has no weight, and is served from its queue there', () => {
    const on = bench(backendConfig([serverConfig('a', { maxconn: 1, weight: 0 }), serverConfig('b')]));
    const a = on.server('a');
    on.backend.administer(a, 'drain');
    assert.equal(on.backend.take(boundTo(a)), a);
    const second = boundTo(a);
    assert.equal(on.backend.take(second), 'queued');
    on.backend.administer(on.server('b'), 'drain');
    assert.equal(second.outcome, 'waiting');
    a.release();
    assert.equal(second.outcome, 'a');
  });
  it('is moved when its server goes down while it waits, unless it must stay', () => {
    const moves = [
      { forced: false, persistDown: false, moved: true },
      { forced: true, persistDown: false, moved: false },
      { forced: false, persistDown: true, moved: false },
    ];
    for (const { forced, persistDown, moved } of moves) {
      const on = bench(backendConfig(two, { persistDown }));
      const a = on.server('a');
      on.backend.take(boundTo(a));
      const waiting = boundTo(a, forced);
      on.backend.take(waiting);
      on.backend.checked(a, failed);
      assert.equal(waiting.outcome, moved ? 'b' : 'waiting');
      assert.equal(waiting.bound === undefined, moved);
      a.release();
      assert.equal(waiting.outcome, moved ? 'b' : 'a');
    }
  });
  it('is moved when a new configuration has its server no more', () => {
    const on = bench(backendConfig(two, { timeouts: { ...noTimeouts, queue: 1000 } }));
    const a = on.server('a');
    on.backend.take(boundTo(a));
    const waiting = boundTo(a, true);
    on.backend.take(waiting);
    on.backend.follow(backendConfig(two.slice(1)));
    assert.equal(waiting.outcome, 'b');
  });
  it('finds a server even when balance has none left', () => {
    const on = bench(backendConfig([serverConfig('a', { disabled: true })]));
    assert.equal(on.backend.take(waiter()), 'no-server');
    assert.equal(on.backend.take(boundTo(on.server('a'), true)), on.server('a'));
  });
});
