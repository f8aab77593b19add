import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TableSpec } from '../tables/stick-table.ts';
import { TableStore } from './tables.ts';

const spec = (name: string, more: Partial<TableSpec> = {}): TableSpec => ({
  name,
  type: 'ip',
  length: 0,
  size: 10,
  expire: 1000,
  nopurge: false,
  stored: [{ type: 'gpc0', period: 0, size: 1 }],
  ...more,
});

function storeOf(t: { after(fn: () => void): void }): TableStore {
  const store = new TableStore(() => 5);
  t.after(() => store.stop());
  return store;
}

const usedOf = (store: TableStore): number | undefined => store.all?.get('a')?.used;

test('a table keeps its keys under the next configuration while its definition stays', (t) => {
  const store = storeOf(t);
  store.follow([spec('a'), spec('b')]);
  const before = store.all;
  before?.get('a')?.obtain('192.0.2.1');
  before?.get('b')?.obtain('192.0.2.1');
  store.follow([spec('a'), spec('b', { size: 20 })]);
  assert.equal(store.all?.get('a')?.used, 1);
  assert.equal(store.all?.get('b')?.used, 0);
  assert.equal(before?.get('b')?.used, 1);
});

test('a table that no configuration has is forgotten, and without any nothing is counted', (t) => {
  const store = storeOf(t);
  store.follow([spec('a')]);
  store.all?.get('a')?.obtain('192.0.2.1');
  store.follow([]);
  assert.equal(store.all === undefined, true);
  store.follow([spec('a')]);
  assert.equal(usedOf(store), 0);
});
