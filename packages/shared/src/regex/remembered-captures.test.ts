import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Captures } from './captures.ts';
import { RememberedCaptures } from './remembered-captures.ts';
import { Maker, parsed } from './testing.ts';

interface Both {
  readonly remembered: RememberedCaptures;
  readonly plain: (sample: string) => Captures;
}

function bothOf(pattern: string): Both {
  const { automaton, captures, preference, plain } = parsed(pattern);
  return { remembered: new RememberedCaptures(automaton, preference(), captures), plain };
}

const ATOMS = ['a', 'b', '[ab]', '[^a]', '\\w', '\\W', '.', ' ', '\\n', '[^\\n]'];
const ASSERTIONS = ['^', '$', '\\b', '\\B', '\\A', '\\z', '(?m)^', '(?m)$'];
const LETTERS = ['a', 'b', 'c', '_', ' ', '-', '\n', '\u4e00'];

test('random expressions capture by tables what they capture without', () => {
  const maker = new Maker(11);
  let matched = 0;
  for (let round = 0; round < 800; round += 1) {
    const pattern = maker.pattern(ATOMS, ASSERTIONS);
    const { remembered, plain } = bothOf(pattern);
    for (let count = 0; count < 12; count += 1) {
      const sample = maker.sample(LETTERS).repeat(maker.below(8) === 0 ? 12 : 1);
      const from = maker.below(4) === 0 ? maker.below(sample.length + 1) : 0;
      const expected = plain(sample).next(from);
      assert.deepEqual(
        remembered.match(sample, from),
        expected,
        `${pattern} on ${JSON.stringify(sample)} from ${from}`,
      );
      if (expected !== undefined) matched += 1;
    }
  }
  assert.ok(matched > 2500, `${matched} matched`);
});

test('a sample that fills the tables is left to the other way, and the next one is not', () => {
  // From its end this expression is a count of what comes before; from the start it would be one.
  const { remembered } = bothOf('(c)([ab]{15})a([ab]*)');
  const maker = new Maker(5);
  const mixed = Array.from({ length: 9000 }, () => maker.one(['a', 'b'])).join('');
  for (let round = 0; round < 3; round += 1) {
    const before = remembered.effort.sets;
    assert.equal(remembered.match(`c${mixed}`, 0), null);
    assert.deepEqual(remembered.match(`c${'b'.repeat(15)}a`, 0), [0, 17, 0, 1, 1, 16, 17, 17]);
    assert.ok(remembered.effort.sets - before <= 2 * remembered.maxSets);
  }
});

test('a program with more places than the tables hold is left to the other way', () => {
  const word = Array.from({ length: 300 }, (_, index) => String.fromCharCode(97 + (index % 26))).join('');
  const { remembered, plain } = bothOf(`^/(${word})/(.*)$`);
  const sample = `/${word}/x`;
  assert.equal(remembered.match(sample, 0), null);
  assert.deepEqual(plain(sample).next(0), [0, 303, 1, 301, 302, 303]);
});

test('a sample longer than the notes is left to the other way', () => {
  assert.equal(bothOf('(a)').remembered.match('b'.repeat(70_000), 0), null);
});
