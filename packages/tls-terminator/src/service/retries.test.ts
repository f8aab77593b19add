import assert from 'node:assert/strict';
import test from 'node:test';
import { Retries } from './retries.ts';

/** The pauses when attempts take no time. */
function pauses(timeoutConnect: number, chance = 0.5): number[] {
  const retries = new Retries(1000, timeoutConnect);
  const list: number[] = [];
  let now = 1000;
  for (let pause = retries.next(now, chance); pause !== undefined; pause = retries.next(now, chance)) {
    list.push(pause);
    now += pause;
  }
  return list;
}

test('attempts come soon and then less often, for the length of a restart', () => {
  assert.deepEqual(pauses(0), [50, 100, 200, 400, 800, 1000, 1000, 1000]);
  assert.deepEqual(pauses(60_000), pauses(0));
});

test('TIMEOUTconnect ends them earlier', () => {
  assert.deepEqual(pauses(1000), [50, 100, 200, 400]);
  assert.deepEqual(pauses(50), []);
});

test('those who began to wait together do not come back together', () => {
  assert.deepEqual(pauses(200, 0), [37.5, 75]);
  assert.deepEqual(pauses(200, 1), [62.5, 125]);
});
