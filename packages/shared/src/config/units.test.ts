import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  MAX_DURATION,
  durationBeforeRest,
  integerBeforeRest,
  parseDuration,
  parseInteger,
  parseSize,
} from './units.ts';

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

test('of a duration with more behind its unit HAProxy 2.6 reads what is before', () => {
  const cases = {
    '30sec': '30s',
    '10min': '10m',
    '1hour': '1h',
    '5s[': '5s',
    '1m30s': '1m',
    '5msx': '5ms',
    '5usec': '5us',
  };
  for (const [text, read] of Object.entries(cases)) assert.equal(durationBeforeRest(text), read, text);
  for (const text of ['1ms', '1us', '1s', '30', '5x', '1.5s', '10S', ''])
    assert.equal(durationBeforeRest(text), undefined);
});

test('of an integer with more behind it HAProxy 2.6 reads the digits', () => {
  const cases = { '80%': '80', '20.2%': '20', '4096;': '4096', '10k': '10' };
  for (const [text, read] of Object.entries(cases)) assert.equal(integerBeforeRest(text), read, text);
  for (const text of ['80', '', '%', '-1', 'a1']) assert.equal(integerBeforeRest(text), undefined, text);
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
