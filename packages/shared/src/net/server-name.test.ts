import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isServerName, matchesName } from './server-name.ts';

describe('a name in a certificate', () => {
  for (const [pattern, name, matches] of [
    ['a.example.org', 'a.example.org', true],
    ['a.example.org', 'A.Example.ORG', true],
    ['a.example.org', 'b.example.org', false],
    ['*.example.org', 'a.example.org', true],
    ['*.example.org', 'example.org', false],
    ['*.example.org', 'a.b.example.org', false],
    ['*.internal', 'a.internal', true],
    ['a*.example.org', 'abc.example.org', true],
    ['a*c.example.org', 'abc.example.org', true],
    ['a*c.example.org', 'ac.example.org', true],
    // What stands before and after the star must not overlap.
    ['ab*ba.example.org', 'aba.example.org', false],
    ['*a*.example.org', 'bac.example.org', false],
    ['a.*.org', 'a.example.org', false],
    ['*', 'localhost', false],
    ['*.', 'a.', true],
  ] as const)
    it(`'${pattern}' is ${matches ? '' : 'not '}for '${name}'`, () =>
      assert.equal(matchesName(pattern, name), matches));
});

describe('a name that can be sent to a server', () => {
  for (const [name, can] of [
    ['a.example.org', true],
    ['_dmarc.example.org', true],
    ['', false],
    ['127.0.0.1', false],
    ['::1', false],
    ['a.example.org:8443', false],
    ['a b', false],
    ['a\0b', false],
    ['\u00e4.example.org', false],
    ['x'.repeat(255), true],
    ['x'.repeat(256), false],
  ] as const)
    it(`${JSON.stringify(name.slice(0, 20))}: ${can}`, () => assert.equal(isServerName(name), can));
});
