import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { TempDir } from '../../../../test/support/temp.ts';
import { until } from '../../../../test/support/until.ts';
import { Destinations } from './destinations.ts';

test('logs with a common destination share one sink', (t) => {
  const destinations = new Destinations();
  t.after(() => destinations.close());
  const first = destinations.sink({ kind: 'udp', host: '127.0.0.1', port: 1 });
  assert.equal(destinations.sink({ kind: 'udp', host: '127.0.0.1', port: 1 }), first);
  assert.notEqual(destinations.sink({ kind: 'udp', host: '127.0.0.1', port: 2 }), first);
  assert.deepEqual(destinations.losses(), []);
});

test('a destination that lost lines is reported under its configured name', async (t) => {
  const path = new TempDir(t).join('none/log.sock');
  const destinations = new Destinations();
  t.after(() => destinations.close());
  destinations.sink({ kind: 'stderr' });
  destinations.sink({ kind: 'unix', path }).write('lost', 'info');
  await until('the line to be lost', () => destinations.losses().length > 0);
  assert.deepEqual(destinations.losses(), [{ place: path, lines: 1 }]);
});

test('destinations that no log uses any more are closed when there are many, those in use never', async (t) => {
  const folder = new TempDir(t);
  const destinations = new Destinations();
  t.after(() => destinations.close());
  const file = (name: string) => ({ kind: 'file', path: folder.join(name) }) as const;
  const kept = destinations.sink(file('kept'));
  const first = destinations.sink(file('0'));
  first.write('one last line', 'info');
  for (let n = 1; n <= 20; n += 1) destinations.sink(file(String(n)));
  await destinations.retain([file('kept')]);
  assert.equal(readFileSync(folder.join('0'), 'utf8'), 'one last line\n');
  assert.equal(destinations.sink(file('kept')), kept);
  assert.notEqual(destinations.sink(file('0')), first);
});
