import assert from 'node:assert/strict';
import test from 'node:test';
import { protocols } from './protocols.ts';

test('patterns of req.ssl_ver are versions with a dot, ranges of them, and numbers', () => {
  const patternOf = protocols['req.ssl_ver']?.patternOf;
  const written = ['3.1', '3.1-3.3', '3.2:', '196611'];
  assert.deepEqual(
    written.map((text) => patternOf?.(text)),
    ['196609', '196609:196611', '196610:', '196611'],
  );
});
