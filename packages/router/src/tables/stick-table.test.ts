import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RateCounter } from './rate.ts';
import { StickTable, type TableSpec } from './stick-table.ts';

function tableOf(spec: Partial<TableSpec> = {}): { table: StickTable; clock: { now: number } } {
  const clock = { now: 0 };
  const whole: TableSpec = {
    name: 't',
    type: 'string',
    length: 32,
    size: 3,
    expire: 1000,
    nopurge: false,
    stored: [],
    ...spec,
  };
  return { table: new StickTable(whole, () => clock.now), clock };
}

const keysOf = (table: StickTable): string[] => [...table.entries()].map(({ key }) => key);

test('a rate counts the current period in full and the previous one by the part the window still covers', () => {
  const rate = new RateCounter(0);
  for (let at = 0; at < 1000; at += 100) rate.add(at, 1000);
  assert.equal(rate.read(999, 1000), 10);
  assert.equal(rate.read(1500, 1000), 5);
  rate.add(1500, 1000, 4);
  assert.equal(rate.read(1500, 1000), 9);
  assert.equal(rate.read(1750, 1000), 6);
  assert.equal(rate.read(2000, 1000), 4);
  assert.equal(rate.read(5000, 1000), 0);
});

test('a single event does not flap while its period passes', () => {
  const rate = new RateCounter(0);
  rate.add(0, 1000);
  assert.deepEqual(
    [500, 1000, 1500, 1999].map((at) => rate.read(at, 1000)),
    [1, 1, 1, 1],
  );
  assert.equal(rate.read(2001, 1000), 0);
});

test('old events are forgotten at the next one', () => {
  const rate = new RateCounter(0);
  rate.add(0, 1000, 100);
  rate.add(10_000, 1000);
  assert.equal(rate.read(10_000, 1000), 1);
});

test('a full table evicts the least recently used key', () => {
  const { table } = tableOf();
  for (const key of ['a', 'b', 'c', 'a', 'd']) table.touch(key);
  assert.deepEqual(keysOf(table), ['c', 'a', 'd']);
});

test('a tracked key is neither evicted nor expired', () => {
  const { table, clock } = tableOf();
  for (const key of ['a', 'b', 'c']) table.touch(key);
  const tracked = table.peek('a');
  assert.ok(tracked);
  tracked.references += 1;
  table.touch('d');
  clock.now = 5000;
  assert.equal(table.peek('a'), tracked);
  assert.equal(table.peek('d'), undefined);
  assert.equal(table.touch('a'), tracked);
  assert.equal(table.remove('a'), false);
  tracked.references -= 1;
  assert.equal(table.remove('a'), true);
});

test('a table in which every key is tracked refuses another one', () => {
  const { table } = tableOf();
  for (const key of ['a', 'b', 'c']) table.touch(key)!.references += 1;
  assert.equal(table.touch('d'), undefined);
  assert.equal(table.used, 3);
});

test('nopurge refuses a new key until one has expired', () => {
  const { table, clock } = tableOf({ nopurge: true });
  for (const key of ['a', 'b', 'c']) table.touch(key);
  assert.equal(table.touch('d'), undefined);
  clock.now = 1000;
  assert.ok(table.touch('d'));
  assert.deepEqual(keysOf(table), ['d']);
});

test('looking a key up does not refresh it, using it does', () => {
  const { table, clock } = tableOf();
  table.touch('a');
  table.touch('b');
  clock.now = 600;
  table.peek('a');
  table.touch('b');
  clock.now = 1200;
  table.expire();
  assert.deepEqual(keysOf(table), ['b']);
});

test('an expired key starts over', () => {
  const { table, clock } = tableOf({ stored: [{ type: 'gpc0', period: 0, size: 1 }] });
  table.count(table.touch('a')!, 'gpc0');
  clock.now = 1000;
  assert.equal(table.read(table.touch('a')!, 'gpc0'), 0);
});

test('a count updates the matching rate, whether both are stored or only the rate', () => {
  for (const stored of [
    [{ type: 'http_req_rate', period: 1000, size: 1 }],
    [
      { type: 'http_req_cnt', period: 0, size: 1 },
      { type: 'http_req_rate', period: 1000, size: 1 },
    ],
  ] as const) {
    const { table } = tableOf({ stored });
    const entry = table.touch('a')!;
    for (let n = 0; n < 5; n += 1) table.count(entry, 'http_req_cnt');
    assert.equal(table.read(entry, 'http_req_rate'), 5);
    assert.equal(table.read(entry, 'http_req_cnt'), stored.length === 2 ? 5 : undefined);
  }
});

test('conn_cur decreases again, but never below zero', () => {
  const { table } = tableOf({ stored: [{ type: 'conn_cur', period: 0, size: 1 }] });
  const entry = table.touch('a')!;
  table.count(entry, 'conn_cur');
  table.count(entry, 'conn_cur', -1);
  table.count(entry, 'conn_cur', -1);
  assert.equal(table.read(entry, 'conn_cur'), 0);
});

test('an array stores each of its values, and nothing beyond them', () => {
  const { table } = tableOf({
    stored: [
      { type: 'gpc', period: 0, size: 2 },
      { type: 'gpc_rate', period: 1000, size: 1 },
    ],
  });
  const entry = table.touch('a')!;
  table.count(entry, 'gpc', 1, 0);
  table.count(entry, 'gpc', 3, 1);
  table.count(entry, 'gpc', 3, 2);
  assert.deepEqual(
    [0, 1, 2].map((index) => table.read(entry, 'gpc', index)),
    [1, 3, undefined],
  );
  assert.equal(table.read(entry, 'gpc_rate', 0), 1);
});

test('keys are truncated to the key length of the table', () => {
  const { table } = tableOf({ length: 4 });
  table.touch('abcdef');
  assert.deepEqual(keysOf(table), ['abcd']);
  assert.ok(table.peek('abcdxyz'));
});

test('a hundred thousand keys leave no more entries than the size of the table', () => {
  const { table } = tableOf({ size: 1000 });
  for (let n = 0; n < 100_000; n += 1) table.touch(`key${n}`);
  assert.equal(table.used, 1000);
  assert.deepEqual(keysOf(table)[0], 'key99000');
});
