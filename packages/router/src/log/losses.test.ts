import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Loss } from '@headgate/shared/log/destinations';
import { watchLosses } from './losses.ts';

test('lost log lines are reported once per destination, with the total at the end', () => {
  let losses: readonly Loss[] = [];
  const said: string[] = [];
  let look = (): void => assert.fail('no timer');
  let waiting = false;
  const after = (_ms: number, fn: () => void): { cancel(): void } => {
    look = fn;
    waiting = true;
    return { cancel: () => (waiting = false) };
  };
  const watch = watchLosses(
    { losses: () => losses },
    { log: (severity, message) => void said.push(`${severity} ${message}`) },
    after,
  );
  look();
  assert.deepEqual(said, []);
  losses = [{ place: '127.0.0.1:514', lines: 1 }];
  look();
  losses = [
    { place: '127.0.0.1:514', lines: 7 },
    { place: '/run/log.sock', lines: 1, why: 'no space left on device' },
  ];
  look();
  look();
  const lost = (place: string, why = 'no receiver, or it is too slow'): string =>
    `warning log lines for ${place} are being lost: ${why}`;
  assert.deepEqual(said.splice(0), [lost('127.0.0.1:514'), lost('/run/log.sock', 'no space left on device')]);
  watch.end();
  assert.deepEqual(said, [
    'warning log lines lost for 127.0.0.1:514: 7 in total',
    'warning log lines lost for /run/log.sock: 1 in total',
  ]);
  assert.equal(waiting, false);
});
