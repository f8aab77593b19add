import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { backendConfig, bench, checkConfig, failed, passed, serverConfig, waiter } from './testing.ts';

function checkedBackend(settings: Parameters<typeof serverConfig>[1] = {}) {
  return bench(backendConfig([serverConfig('a', { check: checkConfig, ...settings }), serverConfig('b')]));
}

describe('the states of servers', () => {
  it('survive as data, without a word in the log', () => {
    const old = checkedBackend();
    old.backend.checked(old.server('a'), failed);
    old.backend.administer(old.server('b'), 'drain');
    old.backend.weigh(old.server('b'), 7);
    const fresh = checkedBackend();
    fresh.backend.restore(JSON.parse(JSON.stringify(old.backend.save())));
    assert.deepEqual(fresh.backend.save(), old.backend.save());
    assert.deepEqual([fresh.backend.usableServers, fresh.lines], [0, []]);
  });
  it('follow a new configuration in what the operator left alone', () => {
    const old = checkedBackend();
    const fresh = checkedBackend({ weight: 9, disabled: true });
    fresh.backend.restore(old.backend.save());
    assert.deepEqual([fresh.server('a').weight, fresh.server('a').administrative], [9, 'maint']);
  });
  for (const [rise, fall] of [
    [1, 1],
    [2, 3],
    [5, 5],
  ] as const) {
    it(`stay up or down with rise ${rise} and fall ${fall}`, () => {
      const up = checkedBackend();
      up.backend.checked(up.server('a'), passed);
      const down = checkedBackend();
      for (const result of [failed, passed]) down.backend.checked(down.server('a'), result);
      for (const old of [up, down]) {
        const fresh = checkedBackend({ check: { ...checkConfig, rise, fall } });
        fresh.backend.restore(old.backend.save());
        assert.equal(fresh.server('a').operational, old.server('a').operational);
        for (let i = 0; i < rise; i++) fresh.backend.checked(fresh.server('a'), passed);
        assert.equal(fresh.server('a').operational, 'up');
      }
    });
  }
  it('move those who wait when they come from another process', () => {
    const worker = bench(backendConfig([serverConfig('a', { maxconn: 1 }), serverConfig('b', { disabled: true })]));
    const primary = bench(backendConfig([serverConfig('a', { maxconn: 1 }), serverConfig('b', { disabled: true })]));
    worker.backend.take(waiter());
    const late = waiter();
    assert.equal(worker.backend.take(late), 'queued');
    primary.backend.administer(primary.server('b'), 'ready');
    worker.backend.restore(primary.backend.save());
    assert.equal(late.outcome, 'b');
  });
});
