import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reasonOf } from './reasons.ts';

test('a status has the words that HAProxy 2.6 gives it', () => {
  const cases: readonly (readonly [status: number, words: string])[] = [
    [200, 'OK'],
    [299, 'Success'],
    [302, 'Moved Temporarily'],
    [404, 'Not Found'],
    [413, 'Request Entity Too Large'],
    [418, "I'm a teapot"],
    [499, 'client has closed connection'],
    [502, 'Bad Gateway or Proxy Error'],
    [599, 'Server Error'],
  ];
  for (const [status, words] of cases) assert.equal(reasonOf(status), words);
});
