import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problems, formatProblem } from '@headgate/shared/config/problem';
import { compile } from './compile.ts';
import { GLOBAL_DIRECTIVES, OPTIONS, PROXY_DIRECTIVES } from './directives.ts';
import { readText } from './read.ts';

const WORDS = [
  ...Object.keys(GLOBAL_DIRECTIVES),
  ...Object.keys(PROXY_DIRECTIVES),
  ...Object.keys(OPTIONS),
  'option',
  'no',
  'default',
  'frontend',
  'backend',
  'listen',
  'defaults',
  'global',
  'from',
  'if',
  '{',
  '}',
  '!',
  '"',
  "'",
  '\\',
  '"$',
  '"${',
  '#',
  '',
  ':80',
  '*',
  '[::1]',
  '1s',
  '-1',
  '99999999999999999999',
  '__proto__',
  'constructor',
  'toString',
  '\u00a0',
  '\u0000',
];
const YAML_PIECES = [
  'frontends:',
  '  f:',
  '    bind: ":80"',
  '    acl: {',
  '    rules:',
  '      - ',
  '    __proto__: x',
  '    toString: y',
  '[',
  ']',
  '}',
  '? ',
  '- -',
  '|',
  '>',
  '"',
  ': ',
  '\t',
  '---',
];

/** Small and repeatable: what failed once fails again. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function compileText(text: string, file: string): void {
  const problems = new Problems();
  for (const problem of compile(readText(text, file, {}, problems), { readFile: () => undefined }, problems).problems) {
    assert.match(formatProblem(problem), /^[\w.]+:\d+:\d+: ./s, text);
  }
}

test('no heap of words makes the compiler throw, and every problem has a place', () => {
  for (let seed = 0; seed < 400; seed += 1) {
    const next = numbers(seed);
    const line = (): string => Array.from({ length: next(6) + 1 }, () => WORDS[next(WORDS.length)]).join(' ');
    const keyword = ['global', 'defaults', 'frontend f', 'listen l', 'backend b'][seed % 5];
    compileText([keyword, ...Array.from({ length: 12 }, line)].join('\n'), 'x.cfg');
  }
});

test('no heap of YAML makes the compiler throw', () => {
  for (let seed = 0; seed < 400; seed += 1) {
    const next = numbers(seed);
    compileText(
      Array.from({ length: next(12) + 1 }, () => YAML_PIECES[next(YAML_PIECES.length)]).join(
        next(2) === 0 ? '\n' : ' ',
      ),
      'x.yaml',
    );
  }
});
