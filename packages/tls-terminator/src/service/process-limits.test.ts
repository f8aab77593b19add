import assert from 'node:assert/strict';
import test from 'node:test';
import { tickInterval } from './clock.ts';
import { connectionLimit, readProcessLimits } from './descriptor-limit.ts';
import { becomeIdentity } from './identity.ts';
import { explainTlsFailure } from './tls-failure.ts';

test('a connection takes two descriptors, and some are kept for the rest', () => {
  assert.equal(connectionLimit('Max open files            20000                20000                files     \n'), 9968);
  assert.equal(connectionLimit('Max open files            unlimited            unlimited            files     \n'), Number.MAX_SAFE_INTEGER);
  assert.equal(connectionLimit('Max open files            10                   10                   files     \n'), 1);
  assert.equal(connectionLimit(''), 480);
  assert.ok(connectionLimit(readProcessLimits()) > 0);
});

test('the clock ticks four times in the shortest timeout, at least once and at most twenty times a second', () => {
  assert.equal(tickInterval([300_000, 10_000, 0]), 1000);
  assert.equal(tickInterval([1000, 2000]), 250);
  assert.equal(tickInterval([1]), 50);
  assert.equal(tickInterval([0]), 1000);
});

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
  assert.throws(() => becomeIdentity({ user: 'ghost', group: undefined }, { setuid: refuse }), { code: 'START_FAILED', message: /cannot become user 'ghost': User identifier/ });
  becomeIdentity({ user: undefined, group: undefined }, { setuid: refuse });
});

const failures: readonly (readonly [string | undefined, string, string, RegExp])[] = [
  ['ECONNRESET', 'socket hang up', 'debug', /port scan/],
  ['ERR_SSL_NO_SHARED_CIPHER', 'x', 'info', /ciphers/],
  ['ERR_SSL_SOMETHING_NEW', '80AB:error:0A000126:SSL routines::some new reason:../ssl/x.c:1:\n', 'info', /^some new reason$/],
  ['EWHATEVER', 'odd', 'info', /^EWHATEVER$/],
  [undefined, 'from a callback', 'info', /^from a callback$/],
];

for (const [code, message, severity, words] of failures) {
  test(`a handshake failure ${code ?? 'without a code'} is said in words, at ${severity}`, () => {
    const explained = explainTlsFailure(Object.assign(new Error(message), code === undefined ? {} : { code }));
    assert.equal(explained.severity, severity);
    assert.match(explained.words, words);
  });
}
