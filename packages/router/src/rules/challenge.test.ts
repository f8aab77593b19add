import assert from 'node:assert/strict';
import { test } from 'node:test';
import { basicChallenge, isRealm } from './challenge.ts';

const realms: readonly (readonly [text: string, challenge: string])[] = [
  ['Staff only', 'Basic realm="Staff only"'],
  // `stats realm Stats\ \(dev\)`: browsers show `Stats (dev)`, and so HAProxy sends it.
  ['Stats \\(dev\\)', 'Basic realm="Stats \\(dev\\)"'],
  ['a "b" c', 'Basic realm="a \\"b\\" c"'],
  ['a \\"b', 'Basic realm="a \\"b"'],
  ['ends with \\', 'Basic realm="ends with \\\\"'],
  ['Zähler €', 'Basic realm="Z\u00c3\u00a4hler \u00e2\u0082\u00ac"'],
];

for (const [text, challenge] of realms)
  test(`the realm ${JSON.stringify(text)} is asked for as ${challenge}`, () => {
    assert.equal(basicChallenge(text), challenge);
  });

test('a realm holds no control characters', () => {
  assert.equal(isRealm('Staff only'), true);
  for (const text of ['a\nb', 'a\rb', 'a\0', 'a\u007f']) assert.equal(isRealm(text), false);
});
