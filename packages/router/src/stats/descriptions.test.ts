import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COLUMNS } from './columns.ts';
import { columnDescription } from './descriptions.ts';

test('every column of show stat has a description that cannot end its quotes', () => {
  for (const { name } of COLUMNS) {
    assert.notEqual(columnDescription(name), '', name);
    assert.doesNotMatch(columnDescription(name), /["\n]/);
  }
});
