import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionOptions, endToEnd, hasStrayBytes, lengthOf, readFields, type Fields } from './fields.ts';

function fieldsOf(...lines: readonly string[]): Fields {
  const fields = readFields(`${lines.map((line) => `${line}\r\n`).join('')}\r\n`, 0, 100);
  if ('wrong' in fields) throw new Error('not accepted');
  return fields;
}

test('names are read in lower case, values without outer blanks, the text as it came', () => {
  const fields = fieldsOf('Host: a', 'X-Y:\t b  c \t', 'Empty:');
  assert.deepEqual(fields.names, ['host', 'x-y', 'empty']);
  assert.deepEqual(fields.values, ['a', 'b  c', '']);
  assert.equal(fields.section, 'Host: a\r\nX-Y:\t b  c \t\r\nEmpty:\r\n');
  assert.deepEqual(fields.starts, [0, 9, 23, 31]);
});

test('no header line at all is an empty section', () => {
  const fields = fieldsOf();
  assert.deepEqual([fields.names, fields.starts, fields.section], [[], [0], '']);
});

test('a value may hold colons', () => {
  assert.deepEqual(fieldsOf('X: a:b: c').values, ['a:b: c']);
});

test('a field that a server may take for the length or the coding is refused', () => {
  for (const name of ['Content_Length', 'content_length', 'Transfer_Encoding'])
    assert.deepEqual(readFields(`${name}: 5\r\n\r\n`, 0, 100), { wrong: 'malformed', at: 0 });
});

test('as many lines as allowed are read, one more is too many', () => {
  const lines = 'X: y\r\n'.repeat(3);
  assert.ok('names' in readFields(`${lines}\r\n`, 0, 3));
  assert.deepEqual(readFields(`${lines}\r\n`, 0, 2), { wrong: 'too-many', at: 12 });
});

test('a thousand and more different names, and very long ones, are read like the first', () => {
  for (let n = 0; n < 1500; n += 1) assert.deepEqual(fieldsOf(`X-Name-${n}: y`).names, [`x-name-${n}`]);
  const long = 'N'.repeat(5000);
  assert.deepEqual(fieldsOf(`${long}: y`).names, [long.toLowerCase()]);
});

const STRAY: readonly (readonly [text: string, stray: boolean])[] = [
  ['a: b\r\n', false],
  ['a: b\r', false],
  ['a:\tb\r\n', false],
  ['a: \x80\xff\r\n', false],
  ['\r\n', false],
  ['a: b\n', true],
  ['a\rb', true],
  ['a\r\r\n', true],
  ['\n', true],
  ['a\0', true],
  ['a\x08', true],
  ['a\x0b', true],
  ['a\x0c', true],
  ['a\x7f', true],
  ['a\x1f', true],
];

for (const [text, stray] of STRAY) {
  test(`${JSON.stringify(text)} ${stray ? 'holds bytes that no head may hold' : 'is fit for a head'}`, () =>
    assert.equal(hasStrayBytes(text), stray));
}

const OPTIONS: readonly (readonly [lines: readonly string[], expected: string])[] = [
  [[], '-'],
  [['keep-alive'], 'keep-alive'],
  [['Keep-Alive'], 'keep-alive'],
  [['close'], 'close'],
  [['CLOSE, Keep-Alive, UPGRADE'], 'close keep-alive upgrade'],
  [['X-A , x-b,, ,'], 'x-a x-b'],
  [['close', 'X-A'], 'close x-a'],
  [['close', 'close'], 'close'],
  [['X A'], 'refused'],
  [['\xa0close'], 'refused'],
  [['close;x'], 'refused'],
  [['Host'], 'refused'],
  [['close', 'Content-Length'], 'refused'],
];

for (const [lines, expected] of OPTIONS) {
  test(`Connection ${JSON.stringify(lines)} says ${expected}`, () => {
    const options = connectionOptions(fieldsOf(...lines.map((line) => `Connection: ${line}`)));
    if (options === undefined) return assert.equal(expected, 'refused');
    const words = [
      options.close && 'close',
      options.keepAlive && 'keep-alive',
      options.upgrade !== '' && 'upgrade',
      ...options.named,
    ];
    assert.equal(words.filter(Boolean).join(' ') || '-', expected);
  });
}

test('what belongs to this hop is taken out; order, case and blanks of the rest stay', () => {
  const fields = fieldsOf(
    'HoSt:  a ',
    'Connection: X-B, close',
    'X-A: 1',
    'TE: trailers',
    'x-b: 2',
    'Keep-Alive: 3',
    'X-a: 4',
    'Proxy-Authorization: 5',
    'Proxy-Connection: 6',
    'Upgrade: 7',
    'Transfer-Encoding: chunked',
    'Proxy-Authenticate: 8',
  );
  const options = connectionOptions(fields);
  assert.ok(options !== undefined);
  assert.equal(endToEnd(fields, options, [], undefined), 'HoSt:  a \r\nX-A: 1\r\nX-a: 4\r\n');
  assert.equal(
    endToEnd(fields, options, ['transfer-encoding', 'upgrade'], 'x-a'),
    'HoSt:  a \r\nUpgrade: 7\r\nTransfer-Encoding: chunked\r\n',
  );
});

const LENGTHS: readonly (readonly [value: string, length: number | undefined])[] = [
  ['0', 0],
  ['007', 7],
  ['999999999999999', 999_999_999_999_999],
  ['1000000000000000', undefined],
  ['', undefined],
  ['-0', undefined],
  ['1 ', undefined],
  ['٣', undefined],
];

for (const [value, length] of LENGTHS) {
  test(`Content-Length ${JSON.stringify(value)} is ${length ?? 'refused'}`, () =>
    assert.equal(lengthOf(value), length));
}
