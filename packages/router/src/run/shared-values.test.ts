import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedValues, type ValueChange } from './shared-values.ts';

/** A primary (0) and its workers, whose messages are carried when the test says so, each way in order. */
class Crew {
  readonly values: Map<string, string | undefined>[] = [];
  readonly #members: SharedValues[] = [];
  readonly #toPrimary: (() => void)[][] = [];
  readonly #toWorker: (() => void)[][] = [];

  constructor(workers: number) {
    for (let number = 0; number <= workers; number += 1) {
      const own = new Map<string, string | undefined>();
      this.values.push(own);
      this.#toPrimary.push([]);
      this.#toWorker.push([]);
      this.#members.push(
        new SharedValues({
          number,
          say: (changes, from) => this.#say(number, changes, from),
          take: (change) => void (change.kind === 'entry' && own.set(change.key, change.value)),
        }),
      );
    }
  }

  set(number: number, key: string, value: string | undefined): void {
    this.values[number]?.set(key, value);
    this.#members[number]?.changed({ kind: 'entry', file: 'f', key, value });
  }

  /** Lets one message arrive, if one is under way there. */
  carry(number: number, up: boolean): boolean {
    const arrive = (up ? this.#toPrimary : this.#toWorker)[number]?.shift();
    arrive?.();
    return arrive !== undefined;
  }

  carryAll(): void {
    const numbers = [...this.values.keys()];
    while (numbers.some((number) => this.carry(number, true) || this.carry(number, false)));
  }

  #say(number: number, changes: readonly ValueChange[], from: number): boolean {
    if (number > 0) this.#toPrimary[number]?.push(() => this.#members[0]?.heard(changes, number));
    else
      for (const [worker, queue] of this.#toWorker.entries())
        if (worker > 0) queue.push(() => this.#members[worker]?.heard(changes, from));
    return true;
  }
}

test('whoever changes the same value in whatever order, all processes end with the same one', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let seed = 1;
  const random = (below: number): number => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  for (let round = 0; round < 200; round += 1) {
    const crew = new Crew(3);
    for (let step = 0; step < 60; step += 1) {
      const number = random(4);
      const value = random(5) === 0 ? undefined : String(step);
      if (random(3) === 0) crew.set(number, `k${random(2)}`, value);
      else crew.carry(number, random(2) === 0);
      if (random(4) === 0) t.mock.timers.tick(20);
    }
    t.mock.timers.tick(20);
    crew.carryAll();
    for (const values of crew.values)
      for (const key of ['k0', 'k1']) assert.equal(values.get(key), crew.values[0]?.get(key), `round ${round}, ${key}`);
  }
});

test('changes of one value within 20 ms are one message', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const said: (readonly ValueChange[])[] = [];
  const worker = new SharedValues({ number: 1, say: (changes) => said.push(changes) > 0, take: () => {} });
  const change = (value: string): ValueChange => ({ kind: 'entry', file: 'f', key: 'k', value });
  for (const value of ['1', '2', '3']) worker.changed(change(value));
  assert.deepEqual(said, []);
  t.mock.timers.tick(20);
  assert.deepEqual(said, [[change('3')]]);
});
