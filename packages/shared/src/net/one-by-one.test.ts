import assert from 'node:assert/strict';
import test from 'node:test';
import { OneByOne } from './one-by-one.ts';

test('work is done one piece at a time, in the order of the requests', () => {
  let turn: (() => void) | undefined;
  const pieces = new OneByOne((next) => (turn = next));
  const done: string[] = [];
  for (const piece of ['first', 'second', 'third']) pieces.run(() => done.push(piece));
  assert.deepEqual(done, [], 'none is done as it is asked for');
  for (const expected of [['first'], ['first', 'second'], ['first', 'second', 'third']]) {
    turn?.();
    assert.deepEqual(done, expected);
  }
});
