import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cursor } from './cursor.ts';
import { Problems, formatProblem, inOrder } from './problem.ts';
import type { Section, Statement, Word } from './raw.ts';

function reading(
  text: string,
  dialect?: Section['dialect'],
): { readonly cursor: Cursor; readonly told: () => string[] } {
  const problems = new Problems();
  const words = text.split(' ').map((written, index): Word => ({
    text: written === '""' ? '' : written,
    at: { file: 'f', line: 1, column: index + 1 },
  }));
  const cursor = new Cursor({ words: words as unknown as Statement['words'] }, 1, {
    problems,
    ...(dialect === undefined ? {} : { dialect }),
  });
  return { cursor, told: () => problems.list.map(formatProblem) };
}

test('an empty word is no value, and at the end of a line no word at all', () => {
  const value = reading('monitor-uri ""');
  assert.equal(value.cursor.need('a path'), undefined);
  value.cursor.end();
  assert.deepEqual(value.told(), ["f:1:2: 'monitor-uri' needs a path"]);
  const between = reading('cookie "" check');
  assert.equal(between.cursor.need('a value'), undefined);
  assert.equal(between.cursor.peek()?.text, 'check');
  const end = reading('balance ""');
  assert.equal(end.cursor.peek(), undefined);
  end.cursor.end();
  assert.deepEqual(end.told(), []);
});

test('in YAML an empty word is a value', () => {
  const { cursor, told } = reading('realm ""', 'yaml');
  assert.equal(cursor.need('a realm')?.text, '');
  assert.deepEqual(told(), []);
});

test('a word that is none of a few names is answered with the nearest, or with all of them', () => {
  const near = reading('mode htp');
  near.cursor.choice('mode', ['http', 'tcp']);
  assert.deepEqual(near.told(), ["f:1:2: unknown mode 'htp'; did you mean 'http'?"]);
  const far = reading('mode udp-lite');
  far.cursor.choice('mode', ['http', 'tcp']);
  assert.deepEqual(far.told(), ["f:1:2: unknown mode 'udp-lite': expected one of http, tcp"]);
  const only = reading('rate-limit requests');
  only.cursor.choice('word', ['sessions']);
  assert.deepEqual(only.told(), ["f:1:2: unknown word 'requests': expected 'sessions'"]);
});

test('a problem that was found twice in one place is reported once', () => {
  const at = { file: 'f', line: 2, column: 1 };
  const problems = new Problems();
  problems.warning(at, 'b');
  problems.error({ ...at, line: 1 }, 'a');
  problems.warning(at, 'b');
  problems.warning(at, 'c');
  assert.deepEqual(
    inOrder(problems.list).map(({ message }) => message),
    ['a', 'b', 'c'],
  );
});
