import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSendable } from './new-field.ts';

test('what can be sent is the same in a short value and in a long one', () => {
  for (let code = 0; code < 0x200; code += 1) {
    const char = String.fromCharCode(code);
    const sendable = char === '\t' || (code >= 0x20 && code <= 0xff && code !== 0x7f);
    for (const length of [0, 1, 30, 31, 32, 40]) {
      const name = `character ${code} after ${length}`;
      assert.equal(isSendable('a'.repeat(length) + char), sendable, name);
      assert.equal(isSendable(char + 'a'.repeat(length)), sendable, name);
    }
  }
  assert.equal(isSendable(''), true);
});
