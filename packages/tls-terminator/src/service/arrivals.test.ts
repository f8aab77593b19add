import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { Link } from '@headgate/shared/net/link';
import { Arrivals, Numbers } from './arrivals.ts';

function link(): Link {
  const nowhere = { address: '', port: 0 };
  return { peer: nowhere, local: nowhere } as unknown as Link;
}

test('every connection has begun when each has its session, has failed, is closed, or went elsewhere', async () => {
  const arrivals = new Arrivals(new Numbers());
  const [served, failed, closed, elsewhere] = [link(), link(), link(), link()].map((one) =>
    arrivals.add(one, 0, () => {}),
  );
  assert.ok(served && failed && closed && elsewhere);
  let over = false;
  void arrivals.begun.begin().then(() => (over = true));
  failed.failed = true;
  for (const step of [
    () => arrivals.begin(served),
    () => closed.link.whenClosed?.(),
    () => arrivals.leave(elsewhere),
  ]) {
    await turn();
    assert.equal(over, false);
    step();
  }
  await turn();
  assert.equal(over, true);
});
