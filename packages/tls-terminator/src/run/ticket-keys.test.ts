import assert from 'node:assert/strict';
import test from 'node:test';
import { newTicketKey, OwnTicketKeys, ticketKeyAt } from './ticket-keys.ts';

const DAY = 86_400_000;

test('the key of tickets is another one each day, and the same in every process that had the first', () => {
  const first = newTicketKey(10 * DAY + 5);
  assert.equal(ticketKeyAt(first, 11 * DAY - 1), first);
  const [next, later] = [ticketKeyAt(first, 11 * DAY), ticketKeyAt(first, 13 * DAY + 1)];
  assert.equal(next.key.length, 48);
  assert.notDeepEqual(next.key, first.key);
  // One process looked every day, the other was busy.
  assert.deepEqual(ticketKeyAt(ticketKeyAt(next, 12 * DAY), 13 * DAY), later);
});

test('a clock that is set back keeps the key, and one that is centuries ahead costs little', () => {
  const key = newTicketKey(10 * DAY);
  assert.equal(ticketKeyAt(key, 3 * DAY), key);
  const started = performance.now();
  assert.equal(ticketKeyAt(key, 100_000_000 * DAY).key.length, 48);
  assert.ok(performance.now() - started < 1000);
});

test('services have keys of their own, which follow the day and are forgotten with the name', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 10 * DAY + DAY / 2;
  const keys = new OwnTicketKeys(() => now);
  const [a, b] = [keys.keyOf('a'), keys.keyOf('b')];
  assert.notDeepEqual(a, b);
  assert.deepEqual(keys.keyOf('a'), a);
  const other = new OwnTicketKeys(() => now);
  other.assume(keys.all);
  let renewals = 0;
  keys.follow(new Set(['a']), () => (renewals += 1));
  assert.deepEqual([...keys.all.keys()], ['a']);
  now += DAY / 2;
  t.mock.timers.tick(DAY / 2);
  assert.equal(renewals, 1);
  assert.notDeepEqual(keys.keyOf('a'), a);
  assert.deepEqual(other.keyOf('a'), keys.keyOf('a'));
  now += DAY;
  t.mock.timers.tick(DAY);
  assert.equal(renewals, 2);
  keys.end();
});
