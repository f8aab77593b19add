import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from './suggest.ts';

const WORDS = ['bind', 'balance', 'backend', 'timeout', 'use_backend', 'default_backend', 'maxconn', 'y', 'xy'];

test('the nearest word is suggested, and nothing when none is near', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['bnid', 'bind'],
    ['balence', 'balance'],
    ['Timeout', 'timeout'],
    ['use_bakend', 'use_backend'],
    ['maxcon', 'maxconn'],
    ['zzz', undefined],
    ['', undefined],
    ['x', undefined],
    ['x'.repeat(100_000), undefined],
  ];
  for (const [word, wanted] of cases) assert.equal(nearest(word, WORDS), wanted, word.slice(0, 20));
});
