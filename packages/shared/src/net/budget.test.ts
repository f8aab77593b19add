import assert from 'node:assert/strict';
import test from 'node:test';
import { Budget, Turns } from './budget.ts';

/** Turns started only by the test, and a clock that advances a millisecond per step. */
class ByHand {
  readonly steps: string[] = [];
  readonly turns: Turns;
  #next: (() => void) | undefined;
  #time = 0;

  constructor(slice: number) {
    this.turns = new Turns({ slice, now: () => this.#time, later: (next) => (this.#next = next) });
  }

  /** False when no further turn was requested. */
  turn(): boolean {
    const next = this.#next;
    this.#next = undefined;
    next?.();
    return next !== undefined;
  }

  /** A connection with `work` steps to do. */
  connection(name: string, work: number, allowance: number): Budget {
    const advance = (): void => {
      for (; work > 0 && budget.spend(); work -= 1) {
        this.steps.push(name);
        this.#time += 1;
      }
    };
    const budget = new Budget(allowance, advance, this.turns);
    advance();
    return budget;
  }

  take(): string {
    return this.steps.splice(0).join('');
  }
}

test('a connection does one allowance of steps in a turn, and the rest in the turns after it', () => {
  const loop = new ByHand(100);
  loop.connection('a', 7, 3);
  const turns = [loop.take()];
  while (loop.turn()) turns.push(loop.take());
  assert.deepEqual(turns, ['aaa', 'aaa', 'a', '']);
});

test('busy connections take turns, and one with little to do waits for none of them', () => {
  const loop = new ByHand(100);
  loop.connection('a', 6, 2);
  loop.connection('b', 6, 2);
  assert.equal(loop.take(), 'aabb');
  loop.connection('c', 1, 2);
  assert.equal(loop.take(), 'c');
  loop.turn();
  assert.equal(loop.take(), 'aabb');
});

test('all busy connections together get one slice of time in a turn, and each gets its share in the end', () => {
  const loop = new ByHand(4);
  for (const name of ['a', 'b', 'c', 'd', 'e']) loop.connection(name, 4, 2);
  loop.take();
  const turns: string[] = [];
  while (loop.turn()) turns.push(loop.take());
  assert.deepEqual(turns, ['aabb', 'ccdd', 'ee', '']);
});

test('a refused connection is called back once, however often it asks meanwhile', () => {
  const loop = new ByHand(100);
  let called = 0;
  const budget = new Budget(1, () => (called += 1), loop.turns);
  assert.deepEqual([budget.spend(), budget.spend(), budget.spend()], [true, false, false]);
  assert.equal(budget.waiting, true);
  loop.turn();
  loop.turn();
  assert.equal(called, 1);
  assert.equal(budget.spend(), true);
});

test('a step that exceeds the remaining allowance is done, and nothing after it in this turn', () => {
  const loop = new ByHand(100);
  const budget = new Budget(4, () => {}, loop.turns);
  assert.deepEqual([budget.spend(3), budget.spend(3), budget.spend()], [true, true, false]);
});

test('an ended connection is not called back, and nothing waits for it', () => {
  const loop = new ByHand(100);
  const budget = new Budget(1, () => assert.fail('it has ended'), loop.turns);
  budget.spend();
  budget.spend();
  assert.equal(loop.turns.waiting, 1);
  budget.end();
  assert.equal(loop.turns.waiting, 0);
  loop.turn();
  assert.equal(budget.spend(), false);
  loop.turn();
  assert.equal(loop.turn(), false);
});

test('a connection that throws while resuming does not stop the others', () => {
  const loop = new ByHand(100);
  const bad = new Budget(
    1,
    () => {
      throw new Error('broken');
    },
    loop.turns,
  );
  bad.spend();
  bad.spend();
  loop.connection('a', 2, 1);
  assert.throws(() => loop.turn(), /broken/);
  loop.turn();
  assert.equal(loop.take(), 'aa');
});

test('a connection that yields resumes in a later turn, and no turn resumes more than the maximum', () => {
  const passed: string[] = [];
  let next: (() => void) | undefined;
  const turns = new Turns({ most: 2, now: () => 0, later: (callback) => (next = callback) });
  for (const name of ['a', 'b', 'c']) new Budget(1, () => passed.push(name), turns).pass();
  assert.deepEqual(passed, []);
  next?.();
  assert.deepEqual(passed, ['a', 'b']);
  next?.();
  assert.deepEqual(passed, ['a', 'b', 'c']);
  assert.equal(turns.waiting, 0);
});
