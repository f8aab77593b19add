import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expandAddress, splitWords } from './words.ts';

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

test('every word records its position', () => {
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

test('a non-breaking space separates, and the first one is reported', () => {
  const split = splitWords('\u00a0a\u00a0b', START);
  assert.deepEqual(
    split.words.map((word) => word.text),
    ['a', 'b'],
  );
  assert.equal(split.nonBreaking?.column, 1);
  assert.equal(splitWords("'a\u00a0b'", START).nonBreaking, undefined);
});

test('a syntax error is reported at its column', () => {
  const problems = (line: string): string[] =>
    splitWords(line, START).problems.map((problem) => `${problem.severity} ${problem.at.column} ${problem.message}`);
  assert.deepEqual(problems('a "b'), ['error 3 this quote (") is never closed']);
  assert.deepEqual(problems('a \\xZZ'), ["error 3 '\\x' needs two hexadecimal digits"]);
  assert.equal(problems('a "$"')[0]?.startsWith("error 4 '$' here starts an environment variable"), true);
  assert.deepEqual(problems('a "$NOPE"'), ['warning 4 environment variable NOPE is not set; treated as empty']);
  // A JSON path in double quotes, which HAProxy refuses too: it would be empty.
  assert.match(problems('json_query("$.user")')[0] ?? '', /^error 13 unknown variable '.user'/);
});

test('${NAME[*]} expands to one word per element, with the surrounding text attached to the outer ones', () => {
  const env = { LIST: 'a  b c', ONE: 'x', NONE: '' };
  assert.deepEqual(texts('bind "${LIST[*]}" z', env), ['bind', 'a', 'b', 'c', 'z']);
  assert.deepEqual(texts('"<${LIST[*]}>"', env), ['<a', 'b', 'c>']);
  assert.deepEqual(texts('"${ONE[*]}${LIST}" "${NONE[*]}" "${NOPE[*]-d e}"', env), ['xa  b c', '', 'd', 'e']);
});

test('outside double quotes a variable is left as written, except for ${NAME} in YAML', () => {
  const env = { A: '1' };
  assert.deepEqual(texts("$A ${A} '${A}' x$A", env), ['$A', '${A}', '${A}', 'x$A']);
  const { words, problems } = splitWords('$A ${A} ^/x$ ${A-2}:${B-3} \'${A}\' "$A"', START, { env, braces: true });
  assert.deepEqual(
    words.map(({ text }) => text),
    ['$A', '1', '^/x$', '1:3', '${A}', '1'],
  );
  assert.deepEqual(problems, []);
});

test('an address expands unquoted variables and records an empty one', () => {
  const read = (text: string): [string, string | undefined, boolean | undefined] => {
    const word = expandAddress({ text, at: START }, (name) =>
      new Map([
        ['HOST', '127.0.0.1'],
        ['PORT', '80'],
        ['NONE', ''],
      ]).get(name),
    );
    return [word.text, word.blank?.name, word.blank?.set];
  };
  assert.deepEqual(read('$HOST:${PORT}'), ['127.0.0.1:80', undefined, undefined]);
  assert.deepEqual(read('/run/$PORT.sock'), ['/run/80.sock', undefined, undefined]);
  assert.deepEqual(read('${NONE}:$PORT'), [':80', 'NONE', true]);
  assert.deepEqual(read('$NOPE:80'), [':80', 'NOPE', false]);
  assert.deepEqual(read('${PORT-81}${NOPE-82}${NOPE-}'), ['8082', undefined, undefined]);
});

test('a variable named like an object method is not set', () => {
  assert.deepEqual(texts('"x${constructor-}"'), ['x']);
});
