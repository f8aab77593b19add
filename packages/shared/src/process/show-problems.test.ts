import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Problem } from '../config/problem.ts';
import { showProblems } from './show-problems.ts';

const plain = (_style: string, text: string): string => text;

function problem(line: number, column: number, severity: Problem['severity'] = 'error'): Problem {
  return { severity, at: { file: 'a.yaml', line, column }, message: "unknown keyword 'bnd'", suggestion: 'bind' };
}

test('a problem shows its line with a caret under the word, tabs kept', () => {
  const text = showProblems(
    [problem(1, 4), problem(2, 2, 'warning')],
    (_file, line) => ['   bnd: 80', '\tbnd 80'][line - 1],
    plain,
  );
  assert.equal(
    text,
    [
      "a.yaml:1:4: unknown keyword 'bnd'; did you mean 'bind'?",
      '       bnd: 80',
      '       ^',
      "a.yaml:2:2: warning: unknown keyword 'bnd'; did you mean 'bind'?",
      '    \tbnd 80',
      '    \t^',
      '1 error, 1 warning',
      '',
    ].join('\n'),
  );
});

test('an unreadable, empty or very long source line is omitted', () => {
  for (const source of [undefined, '   ', 'x'.repeat(200)]) {
    assert.equal(showProblems([problem(1, 1)], () => source, plain).split('\n').length, 3);
  }
});

test('a configuration cannot send escape sequences to the terminal', () => {
  const hostile = { ...problem(1, 1), message: 'unknown \u001b[2J word' };
  assert.doesNotMatch(
    showProblems([hostile], () => 'a\u001b]0;title\u0007', plain),
    // oxlint-disable-next-line no-control-regex -- matching control characters is the point
    /[\u0000-\u0008\u001b\u0007]/,
  );
});

test('the same problem on several lines is printed once, with the line numbers', () => {
  const same = [problem(1, 1), problem(4, 1), problem(9, 3), problem(9, 8)];
  assert.equal(
    showProblems([...same, problem(2, 1, 'warning')], () => undefined, plain),
    [
      "a.yaml:1:1: unknown keyword 'bnd'; did you mean 'bind'?; also on lines 4, 9",
      "a.yaml:2:1: warning: unknown keyword 'bnd'; did you mean 'bind'?",
      '4 errors, 1 warning',
      '',
    ].join('\n'),
  );
  const many = Array.from({ length: 30 }, (_, index) => problem(index + 1, 1));
  assert.match(
    showProblems(many, () => undefined, plain),
    /also on lines 2, 3, .*, 21 and 9 more\n30 errors/,
  );
});

test('no problems print nothing', () => {
  assert.equal(
    showProblems([], () => undefined, plain),
    '',
  );
});
