import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalizers } from './normalize.ts';

const rows: readonly (readonly [normalizer: string, target: string, option: boolean, normal: string | undefined])[] = [
  ['path-merge-slashes', '//a///b//?c=//', false, '/a/b/?c=//'],
  ['path-strip-dot', '/a/./b/.', false, '/a/b/'],
  ['path-strip-dot', '/.', false, '/'],
  ['path-strip-dotdot', '/a/../b', false, '/b'],
  ['path-strip-dotdot', '/../a/..', false, '/../'],
  ['path-strip-dotdot', '/../a/../..', true, '/'],
  ['percent-to-uppercase', '/%2f%Zz?%c3', false, '/%2F%Zz?%C3'],
  ['percent-to-uppercase', '/%2f%Zz', true, undefined],
  ['percent-decode-unreserved', '/%61%2F%7e?%41', false, '/a%2F~?A'],
  ['query-sort-by-name', '/?c=3&a=1&b=2&a=0', false, '/?a=1&a=0&b=2&c=3'],
  ['query-sort-by-name', '/?b&a&', false, '/?a&b'],
  ['query-sort-by-name', 'http://x/?b&a', false, '/?a&b'],
  ['path-strip-dot', '*', false, '*'],
];

for (const [name, target, option, normal] of rows) {
  test(`${name}${option ? ' with its option' : ''}: ${target} becomes ${normal}`, () =>
    assert.equal(normalizers[name]?.apply(target, option), normal));
}

test('a target of many segments costs no more than its length', () => {
  const target = `/${'a/../'.repeat(3000)}${'../'.repeat(3000)}`;
  assert.equal(normalizers['path-strip-dotdot']?.apply(target, true), '/');
});
