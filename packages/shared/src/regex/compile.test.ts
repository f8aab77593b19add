import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileRegex } from './compile.ts';
import type { Regex, RegexOptions } from './compile.ts';

function regexOf(pattern: string, options: RegexOptions = {}): Regex {
  const { regex, problems } = compileRegex(pattern, options);
  assert.ok(regex, JSON.stringify(problems));
  return regex;
}

/** Every line was also run through HAProxy 2.6.12 with PCRE2 or `grep -P`, with the same result. `i`: under -i. */
const cases: readonly (readonly [pattern: string, sample: string, matches: boolean, flag?: 'i'])[] = [
  ['', '', true],
  ['^a.c$', 'abc', true],
  ['b', 'abc', true],
  ['^a|c$', 'xc', true],
  ['^(/[a-z]+)+$', '/ab/cd', true],
  ['^/(img|css)/.*\\.(png|jpe?g)$', '/img/x.jpeg', true],
  ['^/(?:img|css)/', '/js/x', false],
  ["^(?P<x>a)(?<y>b)(?'z'c)$", 'abc', true],
  ['^[a-f0-9]{32}$', '0123456789abcdef0123456789abcdef', true],
  ['^[a-f0-9]{32}$', '0123456789abcdef0123456789abcde', false],
  ['^a{2,3}$', 'a', false],
  ['^a{2,3}$', 'aaa', true],
  ['^a{2,3}$', 'aaaa', false],
  ['^a{2,}$', 'aaaaa', true],
  ['^(ab){0}$', '', true],
  ['^(ab){0}$', 'ab', false],
  ['^a{,3}$', 'a{,3}', true],
  ['^a{x$', 'a{x', true],
  ['^]}$', ']}', true],
  ['^[]a]+$', 'a]', true],
  ['^[^]a]+$', 'b', true],
  ['^[^]a]+$', ']', false],
  ['^[[:alpha:]_-]+$', 'a_-B', true],
  ['^[[:^alpha:]]$', '1', true],
  ['^[[:digit:]]+$', 'a', false],
  ['^[[:alpha]+$', '[:alph', true],
  ['^[a\\]b]+$', 'a]b', true],
  ['^[a-]+$', 'a-', true],
  ['^[\\b]$', '\b', true],
  ['^[^\\d\\s]$', ' ', false],
  ['\\Aab\\z', 'ab', true],
  ['^\\d+\\.\\d+$', '1.25', true],
  ['\\bws\\b', 'a ws b', true],
  ['\\bws\\b', 'aws b', false],
  ['\\bc*\\d', 'bAc1 -11', true],
  ['\\Bs', 'ws', true],
  ['\\B\\W\\z', 'b-c\n \n', true],
  ['^\\x2f\\-\\:\\_?$', '/-:', true],
  ['^\\x{2f}\\057\\o{57}\\cA$', '///\x01', true],
  ['^a+?$', 'aaa', true],
  ['^\\Qa.b\\E+$', 'a.bb', true],
  ['^\\Qa.b\\E$', 'axb', false],
  ['^a(?#twice)*$', 'aaa', true],
  ['(?x) ^ a +  # letters\n $', 'aa', true],
  ['a$', 'a\n', true],
  ['a\\z', 'a\n', false],
  ['a$\\n', 'a\n', true],
  ['a$\\n', 'a\n\n', false],
  ['(?m)^b$', 'a\nb\nc', true],
  ['(?m)^$', 'a\n', false],
  ['^b', 'a\nb', false],
  ['a.b', 'a\nb', false],
  ['(?s)a.b', 'a\nb', true],
  ['^CAF[A-Z]+$', 'cafes', true, 'i'],
  ['^caf\xc3\xa9$', 'CAF\xc3\xa9', true, 'i'],
  ['^\xe9$', '\xc9', false, 'i'],
  ['^[^A]$', 'a', false, 'i'],
  ['^[+-Z]$', 'q', true, 'i'],
  ['^[[:upper:]]$', 'q', true, 'i'],
  ['^a$', 'A', false],
  ['(?i)bot|crawler|spider', 'Mozilla/5.0 (compatible; Googlebot/2.1)', true],
  ['a(?i)b|c', 'C', true],
  ['a((?i)b)c', 'aBc', true],
  ['a((?i)b)c', 'aBC', false],
  ['(?i:a)b', 'AB', false],
  ['(?-i)a', 'A', false, 'i'],
  ['^\\h\\H\\v\\N$', '\ta\nb', true],
];

for (const [pattern, sample, matches, flag] of cases) {
  test(`${pattern} ${matches ? 'matches' : 'does not match'} ${JSON.stringify(sample)}${flag === 'i' ? ' under -i' : ''}`, () => {
    const regex = regexOf(pattern, { ignoreCase: flag === 'i' });
    assert.equal(regex.test(sample), matches);
    assert.equal(regex.match(sample) !== undefined, matches);
  });
}

/** The last column is Perl's `@-` and `@+`. */
const captured: readonly (readonly [pattern: string, sample: string, offsets: readonly number[]])[] = [
  ['a(b*)c', 'xabbc', [1, 5, 2, 4]],
  ['a|ab', 'ab', [0, 1]],
  ['(a|ab)(c|bcd)(d*)', 'abcd', [0, 4, 0, 1, 1, 4, 4, 4]],
  ['(a+?)(a*)', 'aaa', [0, 3, 0, 1, 1, 3]],
  ['(?U)(a+)(a*)', 'aaa', [0, 1, 0, 1, 1, 1]],
  ['(a{1,2}){2}', 'aaaa', [0, 4, 2, 4]],
  ['(a)|(b)', 'b', [0, 1, -1, -1, 0, 1]],
  ['(?:(a)|b)*', 'ab', [0, 2, 0, 1]],
  ['(?:(a)|b)*?c', 'abc', [0, 3, 0, 1]],
  ['(.*)/(.*)', 'a/b/c', [0, 5, 0, 3, 4, 5]],
  ['(.*?)/(.*)', 'a/b/c', [0, 5, 0, 1, 2, 5]],
  ['\\b(\\w+)$', 'one two\n', [4, 7, 4, 7]],
  ['x*', 'aaa', [0, 0]],
];

for (const [pattern, sample, offsets] of captured) {
  test(`${pattern} captures in ${JSON.stringify(sample)} what Perl captures`, () => {
    assert.deepEqual(regexOf(pattern).match(sample), offsets);
  });
}

test('a match can start from an offset, where ^ no longer holds', () => {
  assert.deepEqual(regexOf('a').match('aba', 1), [2, 3]);
  assert.equal(regexOf('^a').match('aa', 1), undefined);
  assert.equal(regexOf('a').match('ab', 2), undefined);
});

test('all matches are returned from left to right, adjacent empty ones included', () => {
  assert.deepEqual(
    [...regexOf('a*').matches('baac')],
    [
      [0, 0],
      [1, 3],
      [3, 3],
      [4, 4],
    ],
  );
  assert.deepEqual([...regexOf('b').matches('aaa')], []);
});

/** What PCRE2 10.42 captures. */
const lastRounds: readonly (readonly [pattern: string, sample: string, captured: readonly number[]])[] = [
  ['^(a?)+', 'aab', [0, 2, 2, 2]],
  ['^(a*)*', 'aab', [0, 2, 2, 2]],
  ['^(.?)*x', 'abx', [0, 3, 2, 2]],
  ['^(\\w?|.{2})*[^ab](?:c|-)', 'b-a_b\n-C', [0, 7, 5, 5]],
  ['^((a?)*)+b', 'aab', [0, 3, 2, 2, 2, 2]],
  ['^(a+)*b', 'aab', [0, 3, 0, 2]],
  ['(?:x|(a*))+$', 'aax', [0, 3, 3, 3]],
];

for (const [pattern, sample, expected] of lastRounds)
  test(`${pattern} captures its last round, also one that took nothing`, () => {
    assert.deepEqual(regexOf(pattern).match(sample), expected);
  });

test('a match that spans many blocks of notes is found with its groups', () => {
  const sample = `${'-'.repeat(1000)}${'ab'.repeat(500)}c`;
  assert.deepEqual(regexOf('((?:ab)+)(c)').match(sample), [1000, 2001, 1000, 2000, 2000, 2001]);
});

test('a character beyond a byte matches a dot and a negated set, and no other', () => {
  assert.equal(regexOf('^.[^a]$').test('\u4e00\u0161'), true);
  assert.equal(regexOf('[\\x00-\\xff]').test('\u0161'), false);
});

const refused: readonly (readonly [pattern: string, ...problems: (readonly [offset: number, message: RegExp])[]])[] = [
  ['ab(?=c)', [2, /^lookahead is not supported .*acl/]],
  ['(?!a)', [0, /^negative lookahead is not supported .*negate/]],
  ['(?<=a)b(?<!c)', [0, /^lookbehind/], [7, /^negative lookbehind/]],
  ['(?>a)', [0, /^atomic groups are not supported: write \(\?:/]],
  ['(?|(a)|(b))', [0, /^branch resets/]],
  ['(a)(?(1)b|c)', [3, /^conditional groups/]],
  ['(?R)', [0, /^recursion/]],
  ['(a)\\1(?P=x)\\k<x>\\g{-1}', [3, /\\1; spell out/], [5, /\(\?P=x\);/], [11, /\\k<x>;/], [16, /\\g\{-1\};/]],
  ['a++', [1, /^possessive repeats are not supported: write \+,/]],
  ['(*UTF)a', [0, /^verbs/]],
  ['(?z)a', [0, /^unknown group \(\?z\)/]],
  ['\\Ka', [0, /^\\K/]],
  ['\\R', [0, /^\\R is not supported: write/]],
  ['\\pL', [0, /^\\p is not supported/]],
  ['\\x{100}', [0, /beyond \\xff/]],
  ['\\y', [0, /^unknown escape \\y/]],
  ['a\\', [1, /^a \\ ends the expression/]],
  ['*a', [0, /^nothing to repeat before \*/]],
  ['a**', [2, /^nothing to repeat before \*/]],
  ['a|*', [2, /^nothing to repeat before \*/]],
  ['^*a', [1, /^nothing to repeat before \*/]],
  ['(a', [0, /^this \( has no closing \)/]],
  ['a)', [1, /^this \) has no opening \(/]],
  ['b[a', [1, /^this \[ has no closing \]/]],
  ['[z-a]', [1, /^invalid range in a set: z-a/]],
  ['[\\d-z]', [1, /^invalid range in a set: \\d-z/]],
  ['[[:nope:]]', [1, /^unknown character class \[:nope:\]/]],
  ['[[.a.]]', [1, /^unknown character class/]],
  ['a{3,2}', [1, /^the repeat \{3,2\} ends below/]],
  ['a{65536}', [1, /^more than 65535 repeats/]],
  ['(?#a', [0, /^this comment has no closing \)/]],
  [`${'('.repeat(251)}${')'.repeat(251)}`, [250, /^more than 250 parentheses/]],
];

for (const [pattern, ...expected] of refused) {
  test(`${pattern.slice(0, 30)} is refused, with the position of each problem`, () => {
    const problems = compileRegex(pattern).problems ?? [];
    assert.deepEqual(
      problems.map(({ offset }) => offset),
      expected.map(([offset]) => offset),
    );
    for (const [index, [, message]] of expected.entries()) assert.match(problems[index]?.message ?? '', message);
  });
}

const tooLarge = [
  '((a{99}){99}){99}',
  '.{0,65535}x',
  '((?:){65535}){65535}(a?){9999}',
  '(((((a?){9}){9}){9}){9}){9}',
  `(${'(a|b|c)*'.repeat(300)})*`,
];

for (const pattern of tooLarge) {
  test(`${pattern.slice(0, 40)} is too large, and the message states the limit`, () => {
    assert.match(
      compileRegex(pattern).problems?.[0]?.message ?? '',
      /^too large once its counted repeats are written out.*lower the counts/,
    );
  });
}
