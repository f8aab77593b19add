import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { test } from 'node:test';
import { TempDir } from '../../../../test/support/temp.ts';
import { readRegularFile, readRegularText } from './regular-file.ts';

test('a regular file is read completely, including one in /proc, which reports no size', (t) => {
  const dir = new TempDir(t);
  const text = 'x'.repeat(200_000);
  const path = dir.write('file', text);
  assert.equal(readRegularText(path, 200_000), text);
  const limits = readRegularText('/proc/self/limits', 100_000);
  if (process.platform === 'linux') assert.ok(typeof limits === 'string' && limits.includes('Max open files'));
});

test('what is not a regular file, or too large, is refused with the reason, at once', (t) => {
  const dir = new TempDir(t);
  const fifo = dir.join('fifo');
  execFileSync('mkfifo', [fifo]);
  for (const [path, error] of [
    [fifo, 'it is not a regular file'],
    ['/dev/zero', 'it is not a regular file'],
    [dir.path, 'it is not a regular file'],
    [dir.write('large', 'xx'), 'it is larger than 1 bytes'],
    [dir.join('none'), 'no such file'],
  ] as const) {
    assert.deepEqual(readRegularFile(path, 1), { error });
    assert.deepEqual(readRegularText(path, 1), { unreadable: error });
  }
});

test('/dev/null reads as an empty file', () => {
  assert.deepEqual(readRegularFile('/dev/null', 10), { data: Buffer.alloc(0), worldAccessible: false });
});

test('a world-readable file is reported as such', (t) => {
  const path = new TempDir(t).write('file', 'x');
  for (const [mode, expected] of [
    [0o600, false],
    [0o640, false],
    [0o644, true],
  ] as const) {
    chmodSync(path, mode);
    const contents = readRegularFile(path, 10);
    assert.equal('worldAccessible' in contents && contents.worldAccessible, expected);
  }
});
