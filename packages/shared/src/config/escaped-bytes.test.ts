import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writtenBytes } from './escaped-bytes.ts';
import { splitWords } from './words.ts';

function bytes(word: string): string {
  const [first] = splitWords(word, { file: 'f', line: 1, column: 1 }).words;
  return writtenBytes(first?.text ?? '').toString('hex');
}

test('bytes that are written one by one are those bytes', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['a\\xE0b', '61e062'],
    ['\\xE0\\xA9', 'e0a9'],
    ['"\\xff\\x00\\x7f"', 'ff007f'],
    ['\\xC3\\xA9', 'c3a9'],
    ['é\\xE9é', 'c3a9e9c3a9'],
    ['\\xF0\\x9F\\x99\\x82', 'f09f9982'],
    ['🙂\\x80', 'f09f998280'],
    ['\\xED\\xB2\\x80', 'edb280'],
  ];
  for (const [word, hex] of cases) assert.equal(bytes(word), hex, word);
});

test('those that are UTF-8 together are the character, as if it had been written', () => {
  assert.equal(splitWords('\\xC3\\xA9', { file: 'f', line: 1, column: 1 }).words[0]?.text, 'é');
});
