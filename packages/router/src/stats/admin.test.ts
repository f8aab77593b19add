import assert from 'node:assert/strict';
import test from 'node:test';
import { requestOf } from '../rules/testing.ts';
import { isCrossSite, Tokens } from './admin.ts';

const HOUR = 60 * 60 * 1000;

test('a token is good for its page and its reader, for an hour at least and two at most', () => {
  const tokens = new Tokens(Buffer.alloc(32, 1));
  const token = tokens.make('stats', 'Basic abc', 10 * HOUR);
  assert.ok(tokens.isGood(token, 'stats', 'Basic abc', 10 * HOUR));
  assert.ok(tokens.isGood(token, 'stats', 'Basic abc', 12 * HOUR - 1));
  assert.ok(!tokens.isGood(token, 'stats', 'Basic abc', 12 * HOUR));
  assert.ok(!tokens.isGood(token, 'other', 'Basic abc', 10 * HOUR));
  assert.ok(!tokens.isGood(token, 'stats', 'Basic xyz', 10 * HOUR));
  assert.ok(!tokens.isGood('', 'stats', 'Basic abc', 10 * HOUR));
  assert.ok(!new Tokens(Buffer.alloc(32, 2)).isGood(token, 'stats', 'Basic abc', 10 * HOUR));
});

const CASES: readonly (readonly [headers: Readonly<Record<string, string>>, crossSite: boolean])[] = [
  [{}, false],
  [{ 'sec-fetch-site': 'same-origin' }, false],
  [{ 'sec-fetch-site': 'same-site' }, true],
  [{ 'sec-fetch-site': 'cross-site' }, true],
  [{ 'sec-fetch-site': 'none' }, true],
  [{ host: 'edge:8404', origin: 'http://edge:8404' }, false],
  [{ host: 'edge', origin: 'https://EDGE' }, false],
  [{ host: 'edge', origin: 'https://edge.evil.example' }, true],
  [{ host: 'edge', origin: 'https://edge:8404' }, true],
  [{ host: 'edge', origin: 'null' }, true],
  [{ host: 'edge', origin: 'http://edge', 'sec-fetch-site': 'cross-site' }, true],
];

test('a browser that names another site is believed, one that names none is left to the token', () => {
  for (const [headers, crossSite] of CASES)
    assert.equal(isCrossSite(requestOf({ headers: Object.entries(headers) })), crossSite, JSON.stringify(headers));
});
