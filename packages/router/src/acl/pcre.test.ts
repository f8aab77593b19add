import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePcre } from './pcre.ts';

/** Every line was also put to HAProxy 2.6.12 with PCRE2, with the same result. `i`: under -i. */
const cases: readonly (readonly [pattern: string, sample: string, matches: boolean, flag?: 'i'])[] = [
  ['^a.c$', 'abc', true],
  ['b', 'abc', true],
  ['^a|c$', 'xc', true],
  ['^(/[a-z]+)+$', '/ab/cd', true],
  ['^/(img|css)/.*\\.(png|jpe?g)$', '/img/x.jpeg', true],
  ['^/(?:img|css)/', '/js/x', false],
  ['^(?P<x>a)(?<y>b)$', 'ab', true],
  ['^[a-f0-9]{32}$', '0123456789abcdef0123456789abcdef', true],
  ['^[a-f0-9]{32}$', '0123456789abcdef0123456789abcde', false],
  ['^a{2,3}$', 'a', false],
  ['^a{2,3}$', 'aaa', true],
  ['^a{2,3}$', 'aaaa', false],
  ['^a{2,}$', 'aaaaa', true],
  ['^(ab){0}$', '', true],
  ['^a{,3}$', 'a{,3}', true],
  ['^a{x$', 'a{x', true],
  ['^[]a]+$', 'a]', true],
  ['^[^]a]+$', 'b', true],
  ['^[^]a]+$', ']', false],
  ['^[[:alpha:]_-]+$', 'a_-B', true],
  ['^[[:digit:]]+$', 'a', false],
  ['^[a\\]b]+$', 'a]b', true],
  ['^[a-]+$', 'a-', true],
  ['\\Aab\\z', 'ab', true],
  ['^\\d+\\.\\d+$', '1.25', true],
  ['\\bws\\b', 'a ws b', true],
  ['^\\x2f\\-\\:\\_?$', '/-:', true],
  ['^a+?$', 'aaa', true],
  ['^CAF[A-Z]+$', 'cafes', true, 'i'],
  ['^[^A]$', 'a', false, 'i'],
  ['^[+-Z]$', 'q', true, 'i'],
  ['^[[:upper:]]$', 'q', true, 'i'],
  ['^a$', 'A', false],
];

for (const [pattern, sample, matches, flag] of cases) {
  test(`${pattern} ${matches ? 'matches' : 'does not match'} '${sample}'${flag === 'i' ? ' under -i' : ''}`, () => {
    const expression = compilePcre(pattern, flag === 'i');
    assert.ok(typeof expression !== 'string', String(expression));
    assert.equal(expression.test(flag === 'i' ? sample.toLowerCase() : sample), matches);
  });
}

const refused: readonly (readonly [pattern: string, why: string])[] = [
  ['(?=a)', 'not supported: (?=a'],
  ['(?!a)', 'not supported: (?!a'],
  ['(?<=a)', 'not supported: (?<='],
  ['(?>a)', 'not supported: (?>a'],
  ['a(?i)b', 'not supported: (?i)'],
  ['(*UTF)a', 'not supported: (*UT'],
  ['(a)\\1', 'not supported: \\1'],
  ['a++', 'not supported: ++'],
  ['\\Qa.b\\E', 'not supported: \\Q'],
  ['*a', 'nothing to repeat before *'],
  ['a**', 'nothing to repeat before *'],
  ['(a', 'a ( without its )'],
  ['a)', 'a ) without its ('],
  ['[a', 'a [ without its ]'],
  ['[z-a]', 'not a range: z-a'],
  ['[[:nope:]]', 'unknown class [:nope:]'],
  ['a{3,2}', '{3,2} is no range'],
  ['((a{99}){99}){99}', 'too long once its repeats are written out'],
];

for (const [pattern, why] of refused) {
  test(`${pattern} is refused`, () => assert.equal(compilePcre(pattern, false), why));
}

test('no sample makes an expression slow', () => {
  const slow: readonly (readonly [string, string])[] = [
    ['^(a+)+$', `${'a'.repeat(15_000)}!`],
    ['a.*b.*c.*d.*e$', 'abcd'.repeat(3_750)],
    ['.*x$', 'a'.repeat(15_000)],
    ['^(a|a)*$', `${'a'.repeat(15_000)}!`],
  ];
  for (const [pattern, sample] of slow) {
    const expression = compilePcre(pattern, false);
    assert.ok(typeof expression !== 'string');
    const start = process.cpuUsage();
    assert.equal(expression.test(sample), false);
    assert.ok(process.cpuUsage(start).user < 250_000, `${pattern} took too long`);
  }
});
