import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editCookieLine } from './cookie-line.ts';
import type { Fate } from './cookie-line.ts';

// Recorded from HAProxy 2.6.12 with `cookie SRV insert indirect`.
const removed: readonly (readonly [line: string, left: string | undefined])[] = [
  ['SRV=a', undefined],
  ['x=1', 'x=1'],
  ['SRV=a; x=1', 'x=1'],
  ['x=1; SRV=a', 'x=1'],
  ['x=1; SRV=a; y=2', 'x=1; y=2'],
  ['x=1;SRV=a;y=2', 'x=1; y=2'],
  ['x=1, SRV=a, y=2', 'x=1, y=2'],
  ['x=1; SRV=a, y=2', 'x=1, y=2'],
  ['SRV=a; SRV=b', undefined],
  ['SRV=a; SRV=b; x=1; SRV=c', 'x=1'],
  ['SRV = a ; x = 1', 'x=1'],
  ['x = 1 ; y', 'x=1 ; y'],
  ['$Version=1; SRV=a; $Path=/; x=1', '$Version=1; x=1'],
  ['$Version=1; SRV=a; $Path=/', undefined],
  ['x=1; $Path=/; SRV=a', 'x=1; $Path=/'],
  ['SRV="a;b"; x=1', 'x=1'],
  ['x="1;SRV=a"; y=2', 'x="1;SRV=a"; y=2'],
  ['x="1\\";SRV=a"; y=2', 'x="1\\";SRV=a"; y=2'],
  ['SRV; x=1', 'SRV; x=1'],
  ['SRV=; x=1', 'x=1'],
  ['srv=a', 'srv=a'],
  ['xSRV=a; SRVx=b', 'xSRV=a; SRVx=b'],
  ['SRV=a;', undefined],
  [';SRV=a; x=1', 'x=1'],
  ['', ''],
];

for (const [line, left] of removed)
  test(`a removed cookie leaves ${JSON.stringify(left)} of ${JSON.stringify(line)}`, () =>
    assert.equal(
      editCookieLine(line, 'SRV', () => 'remove'),
      left,
    ));

test('a prefix is cut off the value, and everything around it stays', () => {
  const cut = (value: string): Fate => {
    const tilde = value.indexOf('~');
    return tilde < 0 ? 'keep' : { value: value.slice(tilde + 1) };
  };
  assert.equal(editCookieLine('a=1; ID=s1~xyz; b=2', 'ID', cut), 'a=1; ID=xyz; b=2');
  assert.equal(editCookieLine('ID=xyz', 'ID', cut), 'ID=xyz');
  assert.equal(editCookieLine('ID=s1~', 'ID', cut), 'ID=');
  assert.equal(editCookieLine('ID = s1~a ,b', 'ID', cut), 'ID=a ,b');
});

test('a line of a hundred thousand separators is read in time that grows with its length only', () => {
  const line = ';'.repeat(100_000);
  const started = performance.now();
  editCookieLine(line, 'SRV', () => 'remove');
  editCookieLine('SRV=a;'.repeat(20_000), 'SRV', () => 'remove');
  editCookieLine(`x=1${' '.repeat(100_000)};SRV=a;y=2`, 'SRV', () => 'remove');
  assert.ok(performance.now() - started < 2000);
});
