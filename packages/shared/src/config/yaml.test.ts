import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapStatements } from './from-yaml.ts';
import { Problems, formatProblem } from './problem.ts';
import { MAX_YAML_DEPTH, MAX_YAML_LENGTH, readYaml } from './yaml.ts';

function statements(text: string, flags = false): string[] {
  const problems = new Problems();
  const { root } = readYaml(text, 'x.yaml');
  assert.ok(root);
  const lines = mapStatements(root, { problems, flags }).map(({ words }) =>
    words.map((word) => `${word.text}@${word.at.line}:${word.at.column}`).join(' '),
  );
  assert.deepEqual(problems.list, []);
  return lines;
}

test('scalars keep their source text', () => {
  assert.deepEqual(statements('port: 0443\nfips: no\ntime: 24h\nhex: 0x10\nnull: ~\n'), [
    'port@1:1 0443@1:7',
    'fips@2:1 no@2:7',
    'time@3:1 24h@3:7',
    'hex@4:1 0x10@4:6',
    'null@5:1 ~@5:7',
  ]);
});

test('lists repeat a statement and mappings extend it', () => {
  assert.deepEqual(statements('option: [httplog, forwardfor if-none]\ntimeout: { client: 24h }\n'), [
    'option@1:1 httplog@1:10',
    'option@1:1 forwardfor@1:19 if-none@1:30',
    'timeout@2:1 client@2:12 24h@2:20',
  ]);
});

test('a quoted value is split into words too, and folded ones point at their start', () => {
  assert.deepEqual(statements('a: "b c"\nd: "\\x41 b"\n'), ['a@1:1 b@1:5 c@1:7', 'd@2:1 A@2:4 b@2:4']);
});

test('true and false are flags where the reader asks for it', () => {
  assert.deepEqual(statements('daemon: true\nx: { y: false }\nz: "true"', true), [
    'daemon@1:1',
    'no@2:9 x@2:1 y@2:6',
    'z@3:1 true@3:5',
  ]);
});

test('lines and columns are right with every kind of line ending', () => {
  assert.deepEqual(statements('a: 1\r\nb: 2\r\n'), ['a@1:1 1@1:4', 'b@2:1 2@2:4']);
});

test('refused YAML is reported with its position', () => {
  const cases: readonly (readonly [text: string, wanted: string])[] = [
    ['a: 1\nb: 2\na: 3\n', "x.yaml:3:1: 'a' was already given on line 1"],
    ['a: [1,\n', 'x.yaml:2:1: invalid YAML: deficient indentation'],
    ['a: b: c', 'x.yaml:1:5: invalid YAML: bad indentation of a mapping entry'],
    ['a: &x 1', 'x.yaml:1:4: anchors (&name) are not supported; write the value out'],
    ['a: *x', 'x.yaml:1:4: aliases (*name) are not supported; write the value out'],
    ['a: !!int 3', 'x.yaml:1:4: tags (!name) are not supported; values are plain words'],
    ['? [a]\n: b', 'x.yaml:1:3: a key must be a word, not a list or a mapping'],
    ['a: 1\n---\nb: 2\n', 'x.yaml:1:4: this file holds more than one YAML document (---)'],
  ];
  for (const [text, wanted] of cases)
    assert.equal(readYaml(text, 'x.yaml').problems.map(formatProblem)[0], wanted, text);
});

test('an empty document has no root', () => {
  for (const text of ['', '\n', '# only a comment\n', '---\n'])
    assert.deepEqual(readYaml(text, 'x.yaml'), { root: undefined, problems: [] }, text);
});

test('length and depth are bounded', () => {
  assert.equal(readYaml('a'.repeat(MAX_YAML_LENGTH + 1), 'x').problems.length, 1);
  const deep = '['.repeat(MAX_YAML_DEPTH + 1) + ']'.repeat(MAX_YAML_DEPTH + 1);
  assert.match(readYaml(deep, 'x').problems[0]?.message ?? '', /invalid YAML: .*maxDepth/);
});
