import assert from 'node:assert/strict';
import test from 'node:test';
import { connectionLimit, readProcessLimits } from './descriptor-limit.ts';

test('a connection takes two descriptors, and some are kept for the rest', () => {
  assert.equal(connectionLimit('Max open files            20000                20000                files     \n'), 9968);
  assert.equal(connectionLimit('Max open files            unlimited            unlimited            files     \n'), Number.MAX_SAFE_INTEGER);
  assert.equal(connectionLimit('Max open files            10                   10                   files     \n'), 1);
  assert.equal(connectionLimit(''), 480);
  assert.ok(connectionLimit(readProcessLimits()) > 0);
});
