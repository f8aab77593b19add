import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock, tickInterval } from './clock.ts';

test('a clock tells every tick the time and how long ago the last one was', async () => {
  const ticks: (readonly [number, number])[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const clock = new Clock(1, (now, since) => {
    ticks.push([now, since]);
    if (ticks.length === 3) resolve();
  });
  const made = clock.now;
  clock.start();
  const started = clock.now;
  await promise;
  clock.stop();
  assert.ok(started >= made);
  let last = started;
  for (const [now, since] of ticks) {
    assert.equal(since, now - last);
    last = now;
  }
  assert.equal(clock.now, last);
});

test('started twice it ticks once, stopped it does not tick, and it can be started again', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let ticks = 0;
  const clock = new Clock(50, () => void ticks++);
  t.mock.timers.tick(200);
  assert.equal(ticks, 0);
  clock.start();
  clock.start();
  t.mock.timers.tick(100);
  assert.equal(ticks, 2);
  clock.stop();
  clock.stop();
  t.mock.timers.tick(100);
  assert.equal(ticks, 2);
  clock.start();
  t.mock.timers.tick(50);
  assert.equal(ticks, 3);
  clock.stop();
});

test('a clock that stands still is read anew, one that ticks is not', (t) => {
  let time = 1000;
  t.mock.method(performance, 'now', () => time);
  const clock = new Clock(60_000, () => undefined);
  time = 2000;
  assert.equal(clock.now, 1000);
  assert.equal(clock.current(), 2000);
  clock.start({ background: true });
  time = 3000;
  assert.equal(clock.current(), 2000);
  clock.stop();
  assert.equal(clock.current(), 3000);
});

test('the clock ticks four times in the shortest timeout, at least once and at most twenty times a second', () => {
  assert.equal(tickInterval([300_000, 10_000, 0]), 1000);
  assert.equal(tickInterval([1000, 2000]), 250);
  assert.equal(tickInterval([1]), 50);
  assert.equal(tickInterval([0]), 1000);
});
