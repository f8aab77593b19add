import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problems } from '@headgate/shared/config/problem';
import { evaluationOf } from '../../rules/testing.ts';
import { compileExpression, textValue } from '../expression.ts';

/** Looks texts up in a map file of these lines. */
function mapped(name: string, lines: readonly string[]): (text: string) => string | undefined {
  const problems = new Problems();
  const at = { file: 'test.cfg', line: 1, column: 1 };
  const expression = compileExpression(
    { text: `req.fhdr(x),${name}(file.map)`, at },
    { problems, readFile: () => lines.join('\n') },
  );
  assert.ok(expression, problems.list.map(({ message }) => message).join());
  const value = textValue(expression);
  return (text) => value(evaluationOf({ headers: [['X', text]] }));
}

const cases: readonly (readonly [
  name: string,
  lines: readonly string[],
  answers: Readonly<Record<string, string | undefined>>,
])[] = [
  ['map', ['a 1', 'b 2', 'a 3'], { a: '1', b: '2', A: undefined, '': undefined }],
  [
    'map_beg',
    ['/ root', '/api api', '/api/v1 v1', '/api again'],
    { '/api/v12': 'v1', '/apx': 'root', '/api': 'api', x: undefined },
  ],
  ['map_end', ['.test any', '.a.test a', 'a.test x'], { 'www.a.test': 'any', 'a.test': 'any', test: undefined }],
  ['map_end', ['.a.test a', '.test any'], { 'www.a.test': 'a', 'b.test': 'any' }],
  [
    'map_dom',
    ['a.test one', 'test any', '.b. b', '. none'],
    { 'x.a.test:80': 'one', 'b.test': 'any', 'x.b': 'b', ba: undefined },
  ],
  ['map_dir', ['/b/ b', 'a a'], { '/a/b': 'b', '/a?x': 'a', '/ab': undefined }],
  ['map_sub', ['b 1', 'ab 2'], { cab: '1', a: undefined }],
  [
    'map_ip',
    [
      '0.0.0.0/0 any',
      '10.0.0.0/8 ten',
      '10.1.0.0/16 one',
      '10.1.2.3 host',
      '10.0.0.0/8 again',
      '::/0 six',
      '::ffff:10.9.0.0/112 mapped',
    ],
    {
      '10.1.2.3': 'host',
      '10.1.2.4': 'one',
      '10.2.0.1': 'ten',
      '10.9.0.1': 'mapped',
      '9.9.9.9': 'any',
      'fd00::1': 'six',
      x: undefined,
    },
  ],
];

for (const [name, lines, answers] of cases) {
  test(`${name} of ${lines.join(', ')}`, () => {
    const look = mapped(name, lines);
    for (const [text, answer] of Object.entries(answers)) assert.equal(look(text), answer, text);
  });
}

test('ten thousand lines give what the first line, the longest or the narrowest that fits gives', () => {
  const numbers = Array.from({ length: 10_000 }, (_, number) => number);
  const hosts = numbers.map((number) => `app-${number}.test ${number}`);
  assert.equal(mapped('map_dom', [...hosts, 'test last'])('x.app-9999.test:80'), '9999');
  assert.equal(mapped('map_dom', ['test first', ...hosts])('x.app-9999.test:80'), 'first');
  assert.equal(mapped('map_end', hosts)('xapp-77.test'), '77');
  assert.equal(mapped('map_beg', hosts)('app-77.test:80'), '77');
  const networks = numbers.map((number) => `10.${number >> 8}.${number & 255}.0/24 ${number}`);
  assert.equal(mapped('map_ip', ['10.0.0.0/8 all', ...networks])('10.39.15.7'), '9999');
  assert.equal(mapped('map_ip', ['10.0.0.0/8 all', ...networks])('10.200.0.1'), 'all');
});
