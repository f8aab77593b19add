import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitWords } from './words.ts';

const START = { file: 'x.cfg', line: 3, column: 1 };
const texts = (line: string, env: Record<string, string> = {}): string[] =>
  splitWords(line, START, { env }).words.map((word) => word.text);

const CASES: readonly (readonly [line: string, words: readonly string[], env?: Record<string, string>])[] = [
  ['a  b\tc', ['a', 'b', 'c']],
  ['global#c', ['global']],
  ['a # b', ['a']],
  ['a \'b # "c" $X\'', ['a', 'b # "c" $X']],
  ['a "b # \'c\'"', ['a', "b # 'c'"]],
  ['a\\ b \\# \\\\ \\"', ['a b', '#', '\\', '"']],
  ['path_reg ^/a\\.b$', ['path_reg', '^/a\\.b$']],
  ['a "x\\ny" \\x41', ['a', 'x\ny', 'A']],
  ['a ""', ['a', '']],
  ['a b"c d"e', ['a', 'bc de']],
  ['a "$HOME/x" "${HOME}" "${NOPE-y}" $HOME', ['a', '/h/x', '/h', 'y', '$HOME'], { HOME: '/h' }],
  ['a "\\$HOME"', ['a', '$HOME']],
  ['a \\$HOME x\\qy "x\\qy"', ['a', '\\$HOME', 'x\\qy', 'x\\qy']],
  ['', []],
  ['   ', []],
];

test('a statement is split as HAProxy splits it', () => {
  for (const [line, words, env] of CASES) assert.deepEqual(texts(line, env), words, line);
});

test('every word knows where it was written', () => {
  const { words } = splitWords('  bind "a b" c', START);
  assert.deepEqual(
    words.map((word) => [word.at.line, word.at.column, word.quoted ?? false]),
    [
      [3, 3, false],
      [3, 8, true],
      [3, 14, false],
    ],
  );
});

test('a non-breaking space separates, and the first one is told', () => {
  const split = splitWords('\u00a0a\u00a0b', START);
  assert.deepEqual(
    split.words.map((word) => word.text),
    ['a', 'b'],
  );
  assert.equal(split.nonBreaking?.column, 1);
  assert.equal(splitWords("'a\u00a0b'", START).nonBreaking, undefined);
});

test('what cannot be split is a problem at its column', () => {
  const problems = (line: string): string[] =>
    splitWords(line, START).problems.map((problem) => `${problem.severity} ${problem.at.column} ${problem.message}`);
  assert.deepEqual(problems('a "b'), ['error 3 this quote (") is never closed']);
  assert.deepEqual(problems('a \\xZZ'), ["error 3 '\\x' needs two hexadecimal digits"]);
  assert.equal(problems('a "$"')[0]?.startsWith("error 4 '$' inside double quotes"), true);
  assert.deepEqual(problems('a "$NOPE"'), ['warning 4 environment variable NOPE is not set; it counts as empty']);
});

test('a variable named like an object method is not set', () => {
  assert.deepEqual(texts('"x${constructor-}"'), ['x']);
});
