import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_DURATION, parseDuration, parseInteger, parseSize } from './units.ts';

test('durations accept every HAProxy unit and are returned in milliseconds', () => {
  const cases: readonly (readonly [string, number])[] = [
    ['100', 100],
    ['0', 0],
    ['10us', 1],
    ['1500us', 2],
    ['10ms', 10],
    ['10s', 10_000],
    ['2m', 120_000],
    ['24h', 86_400_000],
    ['1d', 86_400_000],
    ['2147483647', MAX_DURATION],
  ];
  for (const [text, value] of cases) assert.deepEqual(parseDuration(text), { value }, text);
  assert.deepEqual(parseDuration('3', 's'), { value: 3000 });
});

test('an invalid or overlong duration reports why', () => {
  for (const text of ['5x', '-1', '', '1.5s', '1 s', '1S', '2147483648', '25d', '99999999999999999999']) {
    assert.ok('error' in parseDuration(text), text);
  }
});

test('sizes accept k, m and g', () => {
  assert.deepEqual(parseSize('64k'), { value: 65_536 });
  assert.deepEqual(parseSize('16384'), { value: 16_384 });
  assert.deepEqual(parseSize('1G'), { value: 1_073_741_824 });
  for (const text of ['', 'k', '1.5k', '-1', '1kb']) assert.ok('error' in parseSize(text), text);
});

test('integers outside their bounds are refused', () => {
  assert.deepEqual(parseInteger('256', 0, 256), { value: 256 });
  for (const text of ['257', '-1', '', '1e2', '0x10', '1 ']) assert.ok('error' in parseInteger(text, 0, 256), text);
});
