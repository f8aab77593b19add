import assert from 'node:assert/strict';
import test from 'node:test';
import { readProcessLimits } from '@headgate/shared/process/open-files';
import { connectionLimit } from './descriptor-limit.ts';

test('a connection takes two descriptors, and some are kept for the rest', () => {
  assert.equal(
    connectionLimit('Max open files            20000                20000                files     \n', 16),
    9960,
  );
  assert.equal(
    connectionLimit('Max open files            unlimited            unlimited            files     \n', 16),
    Number.MAX_SAFE_INTEGER,
  );
  assert.equal(
    connectionLimit('Max open files            10                   10                   files     \n', 16),
    1,
  );
  assert.equal(connectionLimit('', 0), 480);
  assert.ok(connectionLimit(readProcessLimits(), 16) > 0);
});
