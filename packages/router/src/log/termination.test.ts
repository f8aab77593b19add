import assert from 'node:assert/strict';
import { test } from 'node:test';
import { causes, normalEnd, stages, termination } from './termination.ts';

test('the pairs measured on HAProxy come from a cause and a stage', () => {
  assert.equal(termination('normal', 'done'), normalEnd);
  assert.equal(termination('clientTimeout', 'request'), 'cR--');
  assert.equal(termination('refused', 'headers'), 'PH--');
  assert.equal(termination('serverAbort', 'connect'), 'SC--');
  assert.equal(termination('killed', 'done'), 'K---');
});

test('every letter stands for one thing', () => {
  for (const letters of [Object.values(causes), Object.values(stages)]) assert.equal(new Set<string>(letters).size, letters.length);
});
