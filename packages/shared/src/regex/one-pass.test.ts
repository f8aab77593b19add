import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Captures } from './captures.ts';
import { onePass, type OnePass } from './one-pass.ts';
import { Maker, parsed } from './testing.ts';

interface Both {
  readonly table: OnePass | undefined;
  readonly plain: (sample: string) => Captures;
}

function bothOf(pattern: string): Both {
  const { automaton, captures, preference, plain } = parsed(pattern);
  return { table: onePass(automaton, preference(), captures), plain };
}

/** `grep -P` and Perl give the same. */
const captured: readonly (readonly [pattern: string, sample: string, captured: readonly number[] | undefined])[] = [
  ['^/old/(.*)$', '/old/a', [0, 6, 5, 6]],
  ['^/old/(.*)$', '/old/', [0, 5, 5, 5]],
  ['^/old/(.*)$', '/old/a\n', [0, 6, 5, 6]],
  ['^/old/(.*)$', '/old/a\nb', undefined],
  ['^/old/(.*)$', '/new/', undefined],
  ['^https://([^/]*)/.*', 'https://a.example/b/c', [0, 21, 8, 17]],
  ['^https://([^/]*)/.*', 'https://a.example', undefined],
  ['(.*)', 'ab\nc', [0, 2, 0, 2]],
  ['^(www\\.)?example\\.(com|net)', 'example.net', [0, 11, -1, -1, 8, 11]],
  ['^([^;]*)(;.*)?$', 'a;b', [0, 3, 0, 1, 1, 3]],
  // What could have been the end is the end when more was begun and not finished.
  ['^(a+)(b+c)?', 'aab', [0, 2, 0, 2, -1, -1]],
  ['^(a+)(b+c)?', 'aabbc', [0, 5, 0, 2, 2, 5]],
  ['^(a)(?:b(c))*', 'abcbcb', [0, 5, 0, 1, 4, 5]],
  ['^(a*?)b', 'aab', [0, 3, 0, 2]],
  ['^(a)?\\b', 'a-', [0, 1, 0, 1]],
  ['^(a)?\\b', 'ab', [0, 0, -1, -1]],
  ['^([^\u00e9]+)', '\u4e00a', [0, 2, 0, 2]],
];

for (const [pattern, sample, expected] of captured)
  test(`${pattern} is matched in one pass: ${JSON.stringify(sample)}`, () => {
    const { table, plain } = bothOf(pattern);
    assert.ok(table !== undefined);
    assert.deepEqual(table.match(sample), expected);
    assert.deepEqual(plain(sample).next(0), expected);
  });

const without: readonly (readonly [pattern: string, why: string])[] = [
  ['^(.*)/(.*)$', 'a slash is in the first group, or after it'],
  ['^(a|ab)c', 'two ways begin with the same character'],
  ['^(a*)*?a', 'what repeats and what follows begin with the same character'],
  [`^${'(a)'.repeat(10)}`, 'more groups than replacements refer to'],
  [`^[a-p]{300}[e-z]{300}$`, 'its table would be large'],
];

for (const [pattern, why] of without)
  test(`${pattern} is left to the other ways: ${why}`, () => {
    assert.equal(bothOf(pattern).table, undefined);
  });

test('random expressions capture in one pass what they capture without tables', () => {
  const atoms = [
    'a',
    'b',
    '[ab]',
    '[^a]',
    '\\w',
    '\\W',
    '.',
    ' ',
    '\\n',
    '[^\\n]',
    'c',
    '-',
    '[^ab]',
    '(?:c|-)',
    '(?i:C)',
  ];
  const assertions = ['^', '$', '\\b', '\\B', '\\A', '\\z', '\\Z', '(?m)^', '(?m)$'];
  const maker = new Maker(17);
  let compared = 0;
  let matched = 0;
  for (let round = 0; round < 5000; round += 1) {
    const pattern = maker.one(['^', '^', '']) + maker.pattern(atoms, assertions);
    const { table, plain } = bothOf(pattern);
    if (table === undefined) continue;
    for (let count = 0; count < 12; count += 1) {
      const sample = maker.sample(['a', 'b', 'c', 'C', '_', ' ', '-', '\n', '\u4e00']);
      const found = plain(sample).next(0);
      const expected = found?.[0] === 0 ? found : undefined;
      assert.deepEqual(table.match(sample), expected, `${pattern} on ${JSON.stringify(sample)}`);
      compared += 1;
      if (expected !== undefined) matched += 1;
    }
  }
  assert.ok(compared > 10_000 && matched > 4000, `${compared} compared, ${matched} matched`);
});
