import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sharesCookies } from './cacheable.ts';

/** Whether a cache may keep the cookie of a response: HAProxy's `option checkcache` blocks those. */
const responses: readonly (readonly [
  shares: boolean,
  method: string,
  status: number,
  fields: Record<string, string>,
])[] = [
  [true, 'GET', 200, { etag: '"1"' }],
  [true, 'GET', 200, { 'cache-control': 'max-age=60' }],
  [true, 'GET', 200, { expires: 'Thu, 01 Dec 2033 16:00:00 GMT' }],
  [true, 'POST', 200, { 'cache-control': 'public, max-age=60' }],
  [true, 'GET', 302, { 'cache-control': 'public, max-age=60' }],
  [false, 'GET', 200, {}],
  [false, 'GET', 200, { 'cache-control': 'public' }],
  [false, 'POST', 200, { etag: '"1"' }],
  [false, 'GET', 302, { etag: '"1"' }],
  [false, 'GET', 101, { etag: '"1"' }],
  [false, 'GET', 200, { 'cache-control': 'Private', etag: '"1"' }],
  [false, 'GET', 200, { 'cache-control': 'no-cache="Set-Cookie, X"', etag: '"1"' }],
  [false, 'GET', 200, { pragma: 'no-cache', etag: '"1"' }],
  [false, 'GET', 200, { 'set-cookie': '', etag: '"1"' }],
];

for (const [shares, method, status, fields] of responses) {
  test(`${method}, ${status} and ${JSON.stringify(fields)}: the cookie is ${shares ? 'shared' : 'safe'}`, () => {
    const lines: Record<string, string> = { 'set-cookie': 'a=1', ...fields };
    const header = (name: string): readonly string[] => [lines[name] ?? ''].filter((line) => line !== '');
    assert.equal(sharesCookies(method, status, header), shares);
  });
}
