import assert from 'node:assert/strict';
import test from 'node:test';
import { Turns } from '@headgate/shared/net/budget';
import { inPageTurn } from './page-turns.ts';

test('pages are made one at a time, in the order of the requests', () => {
  let turn: (() => void) | undefined;
  const turns = new Turns({ most: 1, now: () => 0, later: (next) => (turn = next) });
  const made: string[] = [];
  for (const page of ['first', 'second', 'third']) inPageTurn(() => made.push(page), turns);
  assert.deepEqual(made, [], 'none is made as it is asked for');
  for (const expected of [['first'], ['first', 'second'], ['first', 'second', 'third']]) {
    turn?.();
    assert.deepEqual(made, expected);
  }
});
