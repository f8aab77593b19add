import assert from 'node:assert/strict';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Deadlines, shorter, type Timed } from './deadlines.ts';

test('a deadline is counted from now, also when nobody was there to tick for', async () => {
  const deadlines = new Deadlines();
  // The clock of an engine without connections stands still; time itself does not.
  const later = performance.now() + 120;
  while (performance.now() < later) await turn();
  const deadline = deadlines.in(1000);
  assert.ok(deadline >= performance.now() + 990, 'the deadline lies in the past of an idle engine');
});

test('a member expires once, after its deadline and not before', async (t) => {
  const deadlines = new Deadlines();
  const events = new EventTarget();
  let expirations = 0;
  const started = performance.now();
  const member: Timed = {
    deadline: deadlines.in(60),
    expired() {
      expirations += 1;
      events.dispatchEvent(new Event('expired'));
    },
  };
  deadlines.add(member);
  t.after(() => deadlines.remove(member));
  await once(events, 'expired');
  assert.ok(performance.now() - started >= 60);
  assert.deepEqual([expirations, member.deadline], [1, 0]);
});

test('no timeout is no deadline, and the shorter of two is never the missing one', () => {
  assert.equal(new Deadlines().in(0), 0);
  assert.deepEqual([shorter(0, 5), shorter(5, 0), shorter(3, 5), shorter(0, 0)], [5, 5, 3, 0]);
});
