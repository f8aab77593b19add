import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookups } from './text-lookup.ts';
import type { LookupName } from './text-lookup.ts';
import { directory, domain } from './text-match.ts';
import type { TextTest } from './text-match.ts';

/** The reference for the look-ups: one comparison after the other. */
const compared: Readonly<Record<LookupName, TextTest>> = {
  str: (sample, text) => sample === text,
  beg: (sample, text) => sample.startsWith(text),
  end: (sample, text) => sample.endsWith(text),
  dir: directory.stands,
  dom: domain.stands,
};

function found(name: LookupName, texts: readonly string[], sample: string): string[] {
  const numbers = new Set<number>();
  lookups[name](texts)(sample, (number) => {
    numbers.add(number);
    return false;
  });
  return [...numbers].map((number) => texts[number] ?? 'no such text').toSorted();
}

/** Every text of up to `length` characters of an alphabet. */
function textsOf(alphabet: string, length: number): string[] {
  if (length === 0) return [''];
  const shorter = textsOf(alphabet, length - 1);
  const longest = shorter.filter((text) => text.length === length - 1);
  return [...shorter, ...longest.flatMap((text) => Array.from(alphabet, (char) => text + char))];
}

for (const [name, delimiter] of [
  ['str', '.'],
  ['beg', '.'],
  ['end', '.'],
  ['dir', '/'],
  ['dom', '.'],
] as const) {
  test(`${name}: every matching text is found, and no other, in all short samples`, () => {
    const samples = textsOf(`ab${delimiter}`, 5);
    const { strip } = name === 'dir' ? directory : domain;
    const all = textsOf(`ab${delimiter}`, 3);
    const usable = name === 'dir' || name === 'dom' ? [...new Set(all.map(strip))].filter((text) => text !== '') : all;
    const sets = [
      usable,
      usable.filter((_, index) => index % 3 === 1),
      usable.filter((_, index) => index % 5 === 2),
      [],
    ];
    for (const texts of sets) {
      for (const sample of samples) {
        const expected = texts.filter((text) => compared[name](sample, text)).toSorted();
        assert.deepEqual(found(name, texts, sample), expected, JSON.stringify({ texts, sample }));
      }
    }
  });

  test(`${name}: a visit that returns true ends the search`, () => {
    let visits = 0;
    const look = lookups[name](['a', 'b', 'c']);
    assert.equal(
      look('a', () => {
        visits += 1;
        return true;
      }),
      true,
    );
    assert.equal(visits, 1);
  });
}

test('dir, dom: many parts give the same result as few', () => {
  for (const texts of [['a', 'a.b', 'x'], Array.from({ length: 200 }, (_, number) => `a${number}`)]) {
    for (const name of ['dir', 'dom'] as const) {
      const separator = name === 'dir' ? '/' : '.';
      const own = texts.map((text) => text.replaceAll('.', separator));
      for (const count of [63, 64, 65, 199, 200, 201, 1000]) {
        const sample = `${`c${separator}`.repeat(count - 1)}${own[0] ?? ''}`;
        assert.deepEqual(found(name, own, sample), [own[0]], `${name} ${count}`);
        assert.deepEqual(found(name, own, `${sample}c`), [], `${name} ${count}`);
      }
    }
  }
});
