import assert from 'node:assert/strict';
import test from 'node:test';
import { becomeIdentity } from './identity.ts';

test('the group goes first, with the supplementary groups, then the user', () => {
  const calls: string[] = [];
  const account = {
    geteuid: () => 0,
    setgroups: (groups: readonly unknown[]) => calls.push(`setgroups ${groups.length}`),
    setgid: (group: string | number) => calls.push(`setgid ${group}`),
    setuid: (user: string | number) => calls.push(`setuid ${user}`),
  };
  becomeIdentity({ user: 'nobody', group: 65534 }, account, () => 7);
  assert.deepEqual(calls, ['setgroups 0', 'setgid 65534', 'setuid nobody']);
});

test('a user without a group leaves the group of root for its own, and keeps the current group without privileges', () => {
  const calls: string[] = [];
  const account = (id: number): Parameters<typeof becomeIdentity>[1] => ({
    geteuid: () => id,
    setgroups: (groups: readonly unknown[]) => void calls.push(`setgroups ${groups.length}`),
    setgid: (group: string | number) => void calls.push(`setgid ${group}`),
    setuid: (user: string | number) => void calls.push(`setuid ${user}`),
  });
  const identity = { user: 'nobody', group: undefined };
  becomeIdentity(identity, account(0), () => 7);
  assert.deepEqual(calls.splice(0), ['setgroups 0', 'setgid 7', 'setuid nobody']);
  becomeIdentity(identity, account(1000), () => assert.fail('not asked for'));
  assert.deepEqual(calls, ['setuid nobody']);
});

test('an unknown identity stops the start', () => {
  const refuse = (): never => {
    throw new Error('User identifier does not exist: ghost');
  };
  assert.throws(() => becomeIdentity({ user: 'ghost', group: undefined }, { setuid: refuse }), {
    code: 'START_FAILED',
    message: /cannot become user 'ghost': User identifier/,
  });
  becomeIdentity({ user: undefined, group: undefined }, { setuid: refuse });
});
