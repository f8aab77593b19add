import assert from 'node:assert/strict';
import test from 'node:test';
import { isHostName } from './tls-facts.ts';

const names: readonly (readonly [string, boolean])[] = [
  ['example.test', true],
  ['xn--bcher-kva.example', true],
  ['_service.example.test', true],
  ['', false],
  ['a\r\nHost: b', false],
  ['a\0b', false],
  ['b\u00fccher.example', false],
  ['a b', false],
  [`${'a'.repeat(256)}`, false],
];

for (const [name, passes] of names) {
  test(`the server name ${JSON.stringify(name.slice(0, 30))} ${passes ? 'is passed on' : 'is left out'}`, () => {
    assert.equal(isHostName(name), passes);
  });
}
