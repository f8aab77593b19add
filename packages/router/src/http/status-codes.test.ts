import assert from 'node:assert/strict';
import { STATUS_CODES as known } from 'node:http';
import test from 'node:test';
import { STATUS_CODES } from './status-codes.ts';

test('every status has the reason phrase that Node gives it', () => {
  assert.deepEqual(STATUS_CODES, known);
});
