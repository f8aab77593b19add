import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { compileRegex } from './compile.ts';
import { Maker } from './testing.ts';

/** Where a group repeats, engines differ in what it holds after a round that took nothing. */
const REPEATED = /\)[*+?{]/;
const shared = ['a', 'b', 'c', '[ab]', '[^a]', '\\w', '\\W', '\\d', '\\s', '[a-c_]', ' ', '-', '\\x62', '.'];

test('random expressions match what the engine of V8 matches', () => {
  const maker = new Maker(3);
  for (let round = 0; round < 2000; round += 1) {
    const pattern = maker.pattern(shared, ['^', '$', '\\b', '\\B']);
    const flags = maker.one(['', '', 'i']);
    const { regex, problems } = compileRegex(pattern, { ignoreCase: flags === 'i' });
    assert.ok(regex, `${pattern}: ${JSON.stringify(problems)}`);
    const expected = new RegExp(pattern, flags);
    for (let count = 0; count < 8; count += 1) {
      const sample = maker.sample(['a', 'b', 'c', 'A', '_', ' ', '-', '1']);
      const what = `${pattern} /${flags} on ${JSON.stringify(sample)}`;
      assert.equal(regex.test(sample), expected.test(sample), what);
      assert.equal(regex.match(sample)?.[0], expected.exec(sample)?.index, what);
    }
  }
});

test('random expressions capture what the engine of V8 captures', () => {
  const maker = new Maker(23);
  let compared = 0;
  for (let round = 0; round < 3000; round += 1) {
    const pattern = maker.one(['^', '^', '']) + maker.pattern(shared, ['^', '$', '\\b', '\\B']);
    if (REPEATED.test(pattern)) continue;
    const { regex } = compileRegex(pattern);
    assert.ok(regex, pattern);
    const native = new RegExp(pattern, 'd');
    for (let count = 0; count < 8; count += 1) {
      const sample = maker.sample(['a', 'b', 'c', 'A', '_', ' ', '-', '1']);
      const expected = native.exec(sample)?.indices?.flatMap((range) => range ?? [-1, -1]);
      assert.deepEqual(regex.match(sample), expected, `${pattern} on ${JSON.stringify(sample)}`);
      compared += 1;
    }
  }
  assert.ok(compared > 10_000, `${compared} compared`);
});

const PERL = `
no warnings;
while (<STDIN>) {
  chomp;
  my ($pattern, $sample) = map { pack 'H*', $_ } split / /, $_, -1;
  my $expression = eval { qr/$pattern/a };
  print !defined $expression ? 'refused' : $sample =~ $expression
    ? join(',', map { ($-[$_] // -1, $+[$_] // -1) } 0 .. $#+) : 'none', "\\n";
}`;
const perl = spawnSync('perl', ['-v']).status === 0;

test('random expressions match what Perl matches', { skip: perl ? false : 'perl is not installed' }, () => {
  const maker = new Maker(7);
  const atoms = [...shared, '\\n', '[^\\n]', '(?i:A)', '[[:alpha:]]', '\\h'];
  const pairs = Array.from({ length: 6000 }, () => ({
    pattern:
      maker.one(['', '', '(?i)', '(?s)', '(?m)']) + maker.pattern(atoms, ['^', '$', '\\b', '\\B', '\\A', '\\Z', '\\z']),
    sample: maker.sample(['a', 'b', 'c', 'A', '_', ' ', '-', '1', '\n']) + maker.one(['', '', '\n']),
  }));
  const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');
  const input = pairs.map(({ pattern, sample }) => `${hex(pattern)} ${hex(sample)}\n`).join('');
  const answers = spawnSync('perl', ['-e', PERL], { input, encoding: 'latin1' }).stdout.trim().split('\n');
  assert.equal(answers.length, pairs.length);
  let compared = 0;
  for (const [index, { pattern, sample }] of pairs.entries()) {
    const { regex } = compileRegex(pattern);
    if (regex === undefined || answers[index] === 'refused') continue;
    compared += 1;
    const what = `${pattern} on ${JSON.stringify(sample)}`;
    const found = regex.match(sample);
    if (REPEATED.test(pattern)) assert.equal(found?.[0]?.toString() ?? 'none', answers[index]?.split(',')[0], what);
    else assert.equal(found?.join() ?? 'none', answers[index], what);
    assert.equal(regex.test(sample), answers[index] !== 'none', what);
  }
  assert.ok(compared > 5500, `${compared} compared`);
});
