import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Tracking } from './tracking.ts';
import { addToRate, readRate } from './rate.ts';
import { StickTable, type TableSpec } from './stick-table.ts';

function tableOf(spec: Partial<TableSpec> = {}): { table: StickTable; clock: { now: number } } {
  const clock = { now: 2 };
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

const rateOf = (): { add: (at: number, count?: number) => void; read: (at: number) => number } => {
  const values = [0, 0, 0];
  return {
    add: (at, count = 1) => addToRate(values, 0, at, 1000, count),
    read: (at) => readRate(values, 0, at, 1000),
  };
};

test('a rate counts the current period in full and the previous one by the part the window still covers', () => {
  const rate = rateOf();
  for (let at = 2; at < 1002; at += 100) rate.add(at);
  assert.deepEqual([1001, 1502].map(rate.read), [10, 5]);
  rate.add(1502, 4);
  assert.deepEqual([1502, 1752, 2002, 5000].map(rate.read), [9, 6, 4, 0]);
});

test('a single event does not flap while its period passes', () => {
  const rate = rateOf();
  rate.add(2);
  assert.deepEqual([502, 1002, 1502, 2001, 2003].map(rate.read), [1, 1, 1, 1, 0]);
});

test('old events are forgotten at the next one', () => {
  const rate = rateOf();
  rate.add(2, 100);
  rate.add(10_000);
  assert.equal(rate.read(10_000), 1);
});

test('a period begins at an even millisecond, as in HAProxy', () => {
  const rate = rateOf();
  rate.add(1003, 10);
  assert.equal(rate.read(2001), 10);
  assert.equal(rate.read(2003), 9);
  assert.equal(rate.read(2502), 5);
});

const use = (table: StickTable, ...keys: readonly string[]): void => {
  for (const key of keys) table.touch(table.obtain(key)!);
};

test('a full table evicts the key that would expire first', () => {
  const { table, clock } = tableOf();
  for (const key of ['a', 'b', 'c', 'a', 'd']) {
    clock.now += 1;
    use(table, key);
  }
  assert.deepEqual(keysOf(table), ['c', 'a', 'd']);
});

test('a tracked key is neither evicted nor expired', () => {
  const { table, clock } = tableOf();
  for (const key of ['a', 'b', 'c']) table.obtain(key);
  const tracked = table.peek('a');
  assert.ok(tracked);
  tracked.references += 1;
  table.obtain('d');
  clock.now = 5000;
  assert.equal(table.peek('a'), tracked);
  assert.equal(table.peek('d'), undefined);
  assert.equal(table.obtain('a'), tracked);
  assert.equal(table.remove('a'), false);
  tracked.references -= 1;
  assert.equal(table.remove('a'), true);
});

test('a table in which every key is tracked refuses another one', () => {
  const { table } = tableOf();
  for (const key of ['a', 'b', 'c']) table.obtain(key)!.references += 1;
  assert.equal(table.obtain('d'), undefined);
  assert.equal(table.used, 3);
});

test('nopurge refuses a new key until one has expired', () => {
  const { table, clock } = tableOf({ nopurge: true });
  for (const key of ['a', 'b', 'c']) table.obtain(key);
  assert.equal(table.obtain('d'), undefined);
  clock.now = 1002;
  assert.ok(table.obtain('d'));
  assert.deepEqual(keysOf(table), ['d']);
});

test('without expire keys leave in the order they came, used or not, as in HAProxy', () => {
  const { table } = tableOf({ expire: 0 });
  use(table, 'a', 'b', 'c', 'a', 'd');
  assert.deepEqual(keysOf(table), ['b', 'c', 'd']);
});

test('a full table of a thousand keys evicts four at a time, as HAProxy does', () => {
  const { table } = tableOf({ size: 1000 });
  for (let n = 0; n <= 1000; n += 1) table.obtain(`key${n}`);
  assert.equal(table.used, 997);
  assert.equal(keysOf(table)[0], 'key4');
});

test('looking a key up does not refresh it, using it does', () => {
  const { table, clock } = tableOf();
  use(table, 'a', 'b');
  clock.now = 600;
  table.peek('a');
  use(table, 'b');
  clock.now = 1200;
  table.expire();
  assert.deepEqual(keysOf(table), ['b']);
});

test('an expired key starts over', () => {
  const { table, clock } = tableOf({ stored: [{ type: 'gpc0', period: 0, size: 1 }] });
  table.count(table.obtain('a')!, 'gpc0');
  clock.now = 1002;
  assert.equal(table.read(table.obtain('a')!, 'gpc0'), 0);
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
    const entry = table.obtain('a')!;
    for (let n = 0; n < 5; n += 1) table.count(entry, 'http_req_cnt');
    assert.equal(table.read(entry, 'http_req_rate'), 5);
    assert.equal(table.read(entry, 'http_req_cnt'), stored.length === 2 ? 5 : undefined);
  }
});

test('conn_cur decreases again, but never below zero', () => {
  const { table } = tableOf({ stored: [{ type: 'conn_cur', period: 0, size: 1 }] });
  const entry = table.obtain('a')!;
  table.count(entry, 'conn_cur');
  table.discount(entry, 'conn_cur');
  table.discount(entry, 'conn_cur');
  assert.equal(table.read(entry, 'conn_cur'), 0);
});

test('an array stores each of its values, and nothing beyond them', () => {
  const { table } = tableOf({
    stored: [
      { type: 'gpc', period: 0, size: 2 },
      { type: 'gpc_rate', period: 1000, size: 1 },
    ],
  });
  const entry = table.obtain('a')!;
  table.count(entry, 'gpc', 1, 0);
  table.count(entry, 'gpc', 3, 1);
  table.count(entry, 'gpc', 3, 2);
  assert.deepEqual(
    [0, 1, 2].map((index) => table.read(entry, 'gpc', index)),
    [1, 3, undefined],
  );
  assert.equal(table.read(entry, 'gpc_rate', 0), 1);
});

test('a hundred thousand keys leave no more entries than the size of the table', () => {
  const { table } = tableOf({ size: 1000 });
  for (let n = 0; n < 100_000; n += 1) use(table, `key${n}`);
  assert.ok(table.used <= 1000 && table.used > 995);
  assert.equal(keysOf(table).at(-1), 'key99999');
});

test('a million expired keys are removed a bounded number at a time', () => {
  const { table, clock } = tableOf({ size: 100_000 });
  for (let n = 0; n < 50_000; n += 1) table.obtain(`key${n}`);
  clock.now = 2000;
  table.expire();
  assert.equal(table.used, 30_000);
});

test('a key does not keep the head that it was a piece of', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const { table } = tableOf({ size: 10_000, expire: 0 });
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < 10_000; n += 1)
    table.obtain(
      Buffer.alloc(15_000, `${String(n).padEnd(40, 'k')} `)
        .toString('latin1')
        .slice(0, 31),
    );
  collect();
  assert.ok(process.memoryUsage().heapUsed - before < 20_000_000);
  assert.ok(table.used > 9_900);
});

const ALL = (
  ['conn_cnt', 'conn_cur', 'sess_cnt', 'http_req_cnt', 'http_err_cnt', 'http_fail_cnt', 'bytes_in_cnt'] as const
).map((type) => ({ type, period: 0, size: 1 }));

function valuesOf(table: StickTable, key: string): readonly (number | undefined)[] {
  const entry = table.peek(key);
  return entry === undefined ? [] : ALL.map(({ type }) => table.read(entry, type));
}

test('what a connection is tracked by counts its requests, and is released with it', () => {
  const { table } = tableOf({ stored: ALL });
  const connection = new Tracking(new Map([['t', table]]));
  connection.track(0, table, 'a');
  connection.accepted();
  for (const status of ['ok', 'error']) {
    const exchange = new Tracking(connection.tables, connection);
    exchange.requested();
    if (status === 'error') exchange.erred();
    exchange.transferred(100, 0);
    exchange.release();
  }
  assert.deepEqual(valuesOf(table, 'a'), [1, 1, 1, 2, 1, 0, 200]);
  connection.release();
  connection.release();
  assert.deepEqual(valuesOf(table, 'a'), [1, 0, 1, 2, 1, 0, 200]);
  assert.equal(table.peek('a')?.references, 0);
});

test('a key tracked after its request was counted counts it, one tracked before does not twice', () => {
  const { table } = tableOf({ stored: ALL });
  const tracking = new Tracking(new Map([['t', table]]));
  tracking.track(0, table, 'a');
  tracking.requested();
  tracking.track(1, table, 'b');
  tracking.track(1, table, 'c');
  assert.equal(valuesOf(table, 'a')[3], 1);
  assert.equal(valuesOf(table, 'b')[3], 1);
  assert.equal(table.peek('c'), undefined);
});

test('a slot in which the connection tracks a key is taken', () => {
  const { table } = tableOf({ stored: ALL });
  const connection = new Tracking(new Map([['t', table]]));
  connection.track(0, table, 'a');
  const exchange = new Tracking(connection.tables, connection);
  exchange.track(0, table, 'b');
  exchange.failed();
  assert.equal(table.peek('b'), undefined);
  assert.equal(valuesOf(table, 'a')[5], 1);
});

test('a key tracked after the server answered counts how it answered', () => {
  const { table } = tableOf({ stored: ALL });
  for (const [key, status] of Object.entries({ a: 404, b: 503, c: 501 })) {
    const exchange = new Tracking(new Map([['t', table]]));
    exchange.answered(status);
    exchange.track(0, table, key);
  }
  assert.deepEqual(
    ['a', 'b', 'c'].map((key) => valuesOf(table, key).slice(4, 6)),
    [
      [1, 0],
      [0, 1],
      [0, 0],
    ],
  );
});
