import assert from 'node:assert/strict';
import test from 'node:test';
import { becomeIdentity } from './identity.ts';

test('the group goes first, with the supplementary groups, then the user', () => {
  const calls: string[] = [];
  const account = {
    setgroups: (groups: readonly unknown[]) => calls.push(`setgroups ${groups.length}`),
    setgid: (group: string | number) => calls.push(`setgid ${group}`),
    setuid: (user: string | number) => calls.push(`setuid ${user}`),
  };
  becomeIdentity({ user: 'nobody', group: 65534 }, account);
  assert.deepEqual(calls, ['setgroups 0', 'setgid 65534', 'setuid nobody']);
});

test('an identity that cannot be had stops the start', () => {
  const refuse = (): never => {
    throw new Error('User identifier does not exist: ghost');
  };
  assert.throws(() => becomeIdentity({ user: 'ghost', group: undefined }, { setuid: refuse }), {
    code: 'START_FAILED',
    message: /cannot become user 'ghost': User identifier/,
  });
  becomeIdentity({ user: undefined, group: undefined }, { setuid: refuse });
});
