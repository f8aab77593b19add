import assert from 'node:assert/strict';
import test from 'node:test';
import { TableChanges } from './changes.ts';
import { StickTable, type TableSpec } from './stick-table.ts';
import { Tracking } from './tracking.ts';

const SPEC: TableSpec = {
  name: 't',
  type: 'string',
  length: 32,
  size: 4,
  expire: 10_000,
  nopurge: false,
  stored: [
    { type: 'gpt0', period: 0, size: 1 },
    { type: 'conn_cur', period: 0, size: 1 },
    { type: 'http_req_cnt', period: 0, size: 1 },
    { type: 'http_req_rate', period: 1000, size: 1 },
    { type: 'server_key', period: 0, size: 1 },
  ],
};

/** Two processes with a table each; what changes in the first is told to the second by `tell`. */
function pair(): {
  one: StickTable;
  other: StickTable;
  tell: () => void;
  told: () => number;
  pass: (ms: number) => void;
} {
  let [now, calls] = [10_000, 0];
  const one = new StickTable(SPEC, () => now);
  const other = new StickTable(SPEC, () => now);
  const changes = new TableChanges(() => (calls += 1));
  one.log = changes;
  const tell = (): void => {
    for (const change of changes.take()) other.follow(structuredClone(change));
  };
  return { one, other, tell, told: () => calls, pass: (ms) => void (now += ms) };
}

test('counts, rates and what is tracked are added in the other table, with one change for each key', () => {
  const { one, other, tell, told } = pair();
  const tracking = new Tracking(new Map([['t', one]]));
  tracking.track(0, one, 'a');
  for (let request = 0; request < 5; request += 1) tracking.requested();
  assert.equal(told(), 1);
  const known = other.obtain('a');
  assert.ok(known);
  other.count(known, 'http_req_cnt', 2);
  tell();
  assert.deepEqual([other.read(known, 'http_req_cnt'), other.read(known, 'http_req_rate')], [7, 7]);
  assert.deepEqual([other.read(known, 'conn_cur'), known.references], [1, 1]);
  tracking.release();
  tell();
  assert.deepEqual([other.read(known, 'conn_cur'), known.references], [0, 0]);
});

test('what was set last holds, and a key that was removed is gone', () => {
  const { one, other, tell } = pair();
  const entry = one.obtain('a');
  assert.ok(entry);
  one.count(entry, 'http_req_cnt', 3);
  one.set(entry, 'http_req_cnt', 10);
  one.count(entry, 'http_req_cnt');
  one.set(entry, 'server_key', 's1');
  tell();
  const copy = other.peek('a');
  assert.ok(copy);
  assert.deepEqual([other.read(copy, 'http_req_cnt'), other.readText(copy, 'server_key')], [11, 's1']);
  one.remove('a');
  tell();
  assert.equal(other.peek('a'), undefined);
});

test('a key that is used in one process lives on in the other, and one that is tracked does not expire there', () => {
  const { one, other, tell, pass } = pair();
  const tracking = new Tracking(new Map([['t', one]]));
  tracking.track(0, one, 'a');
  tell();
  pass(60_000);
  assert.ok(other.peek('a'));
  tracking.release();
  tell();
  pass(9000);
  assert.ok(other.peek('a'));
  pass(2000);
  assert.equal(other.peek('a'), undefined);
});

test('a table that follows another keeps its own limit, and tells nobody', () => {
  const { one, other, tell } = pair();
  other.log = new TableChanges(() => assert.fail('it has only followed'));
  for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) {
    const entry = one.obtain(key);
    assert.ok(entry);
    one.touch(entry);
  }
  tell();
  assert.ok(other.used <= SPEC.size);
});

test('a saved table is the same in a process whose clock began at another time', () => {
  const { one, pass } = pair();
  const entry = one.obtain('a');
  assert.ok(entry);
  one.count(entry, 'http_req_cnt', 6);
  one.set(entry, 'gpt0', 7);
  one.touch(entry);
  pass(400);
  // This clock is at 410 when the other is at 10400: it began 9990 ms later.
  const late = new StickTable(SPEC, () => 410);
  late.restore(structuredClone(one.save(1_000_000)), 1_009_990);
  const copy = late.peek('a');
  assert.ok(copy);
  assert.deepEqual(
    [late.read(copy, 'http_req_cnt'), late.read(copy, 'http_req_rate'), late.read(copy, 'gpt0')],
    [6, one.read(entry, 'http_req_rate'), 7],
  );
  assert.equal(late.remaining(copy), 9600);
});
