import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Server } from '../model/snapshot.ts';
import { backendConfig, bench, checkConfig, failed, passed, serverConfig, take } from './testing.ts';
import type { Bench } from './testing.ts';

const checked = (name: string, settings: Partial<Server> = {}): Server =>
  serverConfig(name, { check: { ...checkConfig, rise: 1, fall: 1 }, ...settings });

function order(on: Bench, count: number): string {
  return Array.from({ length: count }, () => take(on)).join('');
}

describe('slowstart', () => {
  const warm = (settings: Partial<Server> = {}): Bench => {
    const on = bench(backendConfig([checked('a', { slowstart: 10_000, ...settings }), checked('b')]));
    on.backend.checked(on.server('a'), failed);
    on.backend.checked(on.server('a'), passed);
    return on;
  };
  it('gives a server that comes back a sixteenth of its weight, then more, then all', () => {
    const on = warm();
    assert.equal(
      order(on, 34)
        .split('')
        .filter((name) => name === 'a').length,
      2,
    );
    on.clock.pass(5000);
    const half = order(on, 250)
      .split('')
      .filter((name) => name === 'a').length;
    assert.ok(half > 85 && half < 95, String(half));
    on.clock.pass(6000);
    assert.equal(
      order(on, 100)
        .split('')
        .filter((name) => name === 'a').length,
      50,
    );
    assert.equal(on.clock.pending, 0);
  });
  it('lets maxconn grow in the same time, from one', () => {
    const on = warm({ maxconn: 10 });
    const limit = (): number => on.backend.servers[0]?.limit ?? 0;
    assert.equal(limit(), 1);
    on.clock.pass(5000);
    assert.equal(limit(), 5);
    on.clock.pass(5000);
    assert.equal(limit(), 10);
  });
  it('leaves a server at the start, and one that goes down again, alone', () => {
    const fresh = bench(backendConfig([checked('a', { slowstart: 10_000 }), checked('b')]));
    assert.equal(order(fresh, 4), 'abab');
    const on = warm();
    on.backend.checked(on.server('a'), failed);
    on.clock.pass(2000);
    assert.equal(on.clock.pending, 0);
  });
});

describe('sessions of a server', () => {
  const session = (ended: string[], name: string): { shutdown(why: string): void } => ({
    shutdown: (why) => void ended.push(`${name} ${why}`),
  });
  it('end when it goes down, with on-marked-down', () => {
    const on = bench(backendConfig([checked('a', { onMarkedDown: true, endsSessions: true }), checked('b')]));
    const ended: string[] = [];
    on.server('a').sessions.add(session(ended, 'a'));
    on.server('b').sessions.add(session(ended, 'b'));
    on.backend.checked(on.server('b'), failed);
    assert.deepEqual(ended, []);
    on.backend.administer(on.server('a'), 'maint');
    assert.deepEqual(ended, ['a down']);
  });
  it('end on a backup when a server comes up, with on-marked-up', () => {
    const on = bench(
      backendConfig([checked('a', { onMarkedUp: true }), checked('s', { backup: true, endsSessions: true })]),
    );
    const ended: string[] = [];
    on.server('s').sessions.add(session(ended, 's'));
    on.backend.checked(on.server('a'), failed);
    assert.deepEqual(ended, []);
    on.backend.checked(on.server('a'), passed);
    assert.deepEqual(ended, ['s up']);
  });
});

describe('observe', () => {
  const observed = (action: 'fastinter' | 'fail-check' | 'sudden-death' | 'mark-down', layer: 4 | 7 = 7): Bench =>
    bench(
      backendConfig([
        serverConfig('a', { check: checkConfig, observe: { layer, limit: 2, action } }),
        serverConfig('b'),
      ]),
    );
  const see = (on: Bench, ...seen: readonly Parameters<Bench['backend']['observed']>[1][]): number => {
    for (const one of seen) on.backend.observed(on.server('a'), one);
    return on.backend.servers[0]?.health ?? -1;
  };
  it('counts errors in a row, and one good response begins anew', () => {
    const on = observed('mark-down');
    on.backend.checked(on.server('a'), passed);
    assert.equal(see(on, 'wrongStatus', 'answered', 'wrongStatus', 'connected'), 4);
    assert.equal(see(on, 'timeout'), 0);
    assert.match(
      on.lines[0] ?? '',
      /^alert Server be\/a is DOWN, reason: Health analyze, info: "Detected 2 consecutive errors, last one was: Read timeout \(http\)"\. 1 active/,
    );
  });
  it('does what on-error says', () => {
    for (const [action, health] of [
      ['fastinter', 4],
      ['fail-check', 3],
      ['sudden-death', 2],
      ['mark-down', 0],
    ] as const) {
      const on = observed(action);
      let hurried = 0;
      on.backend.hurries.add(() => void (hurried += 1));
      on.backend.checked(on.server('a'), passed);
      assert.equal(see(on, 'wrongStatus', 'wrongStatus'), health, action);
      assert.equal(hurried, 1);
    }
  });
  it('sees connections alone at layer 4', () => {
    const on = observed('mark-down', 4);
    assert.equal(see(on, 'wrongStatus', 'wrongStatus', 'unreachable', 'connected', 'unreachable'), 2);
    assert.equal(see(on, 'unreachable'), 0);
  });
});

describe('a server that tracks another', () => {
  it('goes down and comes back with it, in the words of HAProxy', () => {
    const leader = bench(backendConfig([checked('l')]));
    const on = bench(backendConfig([serverConfig('a', { track: 'be/l' }), serverConfig('b')]));
    on.backend.track(() => leader.backend.servers[0]);
    leader.backend.watch((changed) => on.backend.followed(changed));
    leader.backend.checked(leader.server('l'), failed);
    assert.equal(order(on, 2), 'bb');
    leader.backend.checked(leader.server('l'), passed);
    assert.deepEqual(order(on, 2).split('').toSorted().join(''), 'ab');
    assert.deepEqual(on.lines, [
      'alert Server be/a is DOWN via be/l. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.',
      'notice Server be/a is UP via be/l. 2 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.',
    ]);
    leader.backend.administer(leader.server('l'), 'drain');
    assert.equal(order(on, 2), 'bb');
  });
});
