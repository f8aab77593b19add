import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { PasswordChecks } from './checks.ts';
import { readHash } from './password.ts';
import type { HashedPassword } from '../model/user-list.ts';

/** `x`, by crypt(3). */
const HASH = '$6$$KvRrc0bxRLyTUhO8OJOmRczh7oCol5BACiR8rmdfVzvuGgm8JmLDumsL/ah.jFtT.DswxoP9Nv3ByfU4j5hm/0';

function stored(hash = HASH): HashedPassword {
  const read = readHash(hash);
  assert.ok(typeof read === 'object' && 'kind' in read);
  return read;
}

function checksOf(t: TestContext): PasswordChecks {
  const checks = new PasswordChecks();
  t.after(() => checks.close());
  return checks;
}

function check(checks: PasswordChecks, attempt: string, client = '192.0.2.1'): Promise<boolean | undefined> {
  return new Promise((resolve) => checks.check(stored(), attempt, client, resolve));
}

test('a password is checked in a thread, once, and its result is remembered', async (t) => {
  const checks = checksOf(t);
  assert.equal(checks.known(stored(), 'x'), undefined);
  assert.deepEqual(await Promise.all([check(checks, 'x'), check(checks, 'x'), check(checks, 'y')]), [
    true,
    true,
    false,
  ]);
  assert.equal(checks.known(stored(), 'x'), true);
  assert.equal(checks.known(stored(), 'y'), false);
  assert.equal(checks.known(stored(`${HASH.slice(0, -1)}.`), 'x'), undefined, 'another hash');
  assert.equal(checks.size, 0);
});

test('one client may have four checks open, all together sixty-four; further ones are not done', async (t) => {
  const checks = checksOf(t);
  const ofOne = Array.from({ length: 6 }, (_, index) => check(checks, `wrong${index}`));
  assert.equal(checks.size, 4);
  const ofMany = Array.from({ length: 70 }, (_, index) => check(checks, `guess${index}`, `192.0.2.${index + 2}`));
  assert.equal(checks.size, 64);
  const [one, many] = await Promise.all([Promise.all(ofOne), Promise.all(ofMany)]);
  assert.deepEqual(one, [false, false, false, false, undefined, undefined]);
  assert.equal(many.filter((result) => result === undefined).length, 10);
  assert.equal(checks.size, 0);
  assert.equal(await check(checks, 'x'), true, 'a place is free again');
});

test('guessing cannot push a right password out of memory', async (t) => {
  const checks = checksOf(t);
  const fast = stored('$1$ab$UOLU89FzMmcec59oS2jjg.');
  const once = (attempt: string): Promise<boolean | undefined> =>
    new Promise((resolve) => checks.check(fast, attempt, '192.0.2.1', resolve));
  assert.equal(await once('right'), true);
  for (let guess = 0; guess < 2100; guess += 1) await once(`guess ${guess}`);
  assert.equal(checks.known(fast, 'guess 0'), undefined, 'forgotten: the memory is bounded');
  assert.equal(checks.known(fast, 'guess 2099'), false);
  assert.equal(checks.known(fast, 'right'), true);
});
