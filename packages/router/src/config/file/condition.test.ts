import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluateCondition } from './condition.ts';
import { FEATURES, HAPROXY_VERSION, isBefore } from './version.ts';

const on = {
  defined: (name: string): boolean => name === 'SET',
  feature: (name: string): boolean => FEATURES.has(name),
  version: HAPROXY_VERSION,
};

test('a condition holds as its predicates and operators say', () => {
  const cases: readonly (readonly [text: string, holds: boolean])[] = [
    ['', false],
    ['  ', false],
    ['0', false],
    ['00', false],
    ['0x0', false],
    ['1', true],
    ['-1', true],
    ['0x1f', true],
    ['defined(SET)', true],
    ['defined(UNSET)', false],
    ['defined', false],
    ['feature(OPENSSL)', true],
    ['feature(openssl)', false],
    ['feature(LUA)', false],
    ['streq(a,a)', true],
    ['streq(a, a)', false],
    ['streq("a,b",\'a,b\')', true],
    ['streq(a\\,b,"a,b")', true],
    ['streq(,)', true],
    ['strneq(a,b)', true],
    ['version_atleast(2.6)', true],
    ['version_atleast', true],
    ['version_atleast(2.7-dev1)', false],
    ['version_before(3.0)', true],
    ['!1', false],
    ['! ! 1', true],
    ['!(0)', true],
    ['1||0&&0', true],
    ['(1||0)&&0', false],
    ['defined(SET) && !defined(UNSET)', true],
    ['0 && 0 || 1', true],
  ];
  for (const [text, holds] of cases) assert.equal(evaluateCondition(text, on), holds, text);
});

test('what is wrong with a condition is said with its place, even where it would not matter', () => {
  const cases: readonly (readonly [text: string, offset: number, problem: RegExp])[] = [
    ['true', 0, /'true' is neither a predicate nor a number/],
    ['1 &&', 4, /a predicate or a number is missing/],
    ['1 || featur(X)', 5, /'featur' is neither/],
    ['(1', 2, /expected '\)'/],
    ['1)', 1, /unexpected '\)'/],
    ['1 1', 2, /unexpected '1'/],
    ['12abc', 2, /unexpected 'abc'/],
    ['streq(a)', 0, /'streq' takes two arguments/],
    ['streq(a,b,c)', 0, /'streq' takes two arguments/],
    ['defined(A', 7, /never closed/],
    ['enabled(EPOLL)', 0, /predicate of HAProxy 2\.7/],
    ['()', 1, /'\)' is neither/],
    ['!', 1, /missing/],
    ['!'.repeat(600) + '1', 501, /nests at most/],
    ['('.repeat(600), 501, /nests at most/],
  ];
  for (const [text, offset, problem] of cases) {
    const result = evaluateCondition(text, on);
    assert.ok(typeof result === 'object', text);
    assert.match(result.problem, problem, text);
    assert.equal(result.offset, offset, text);
  }
});

test('versions are compared part by part, snapshots before their release', () => {
  const rising = [
    '',
    '2',
    '2.5.9',
    '2.6-dev1',
    '2.6-rc1',
    '2.6',
    '2.6.11-999',
    '2.6.12',
    '2.6.12-1',
    '2.6.13',
    '3.0-dev1',
  ];
  for (const [index, version] of rising.entries())
    for (const [other, text] of rising.entries())
      assert.equal(isBefore(version, text), index < other, `${version} ${text}`);
  assert.equal(isBefore('2.6.0', '2.6'), false);
  assert.equal(isBefore('2.6', '2.6x'), false);
});
