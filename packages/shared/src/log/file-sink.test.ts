import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { TempDir } from '../../../../test/support/temp.ts';
import { FileSink, reopenLogFiles } from './file-sink.ts';

test('a file is appended to and is not world-readable', async (t) => {
  const path = new TempDir(t).join('x.log');
  for (const line of ['a', 'b']) {
    const sink = new FileSink(path);
    sink.write(line);
    await sink.flush();
    sink.close();
  }
  assert.equal(readFileSync(path, 'utf8'), 'a\nb\n');
  assert.equal(statSync(path).mode & 0o007, 0);
});

test('a renamed file is recreated within a second, without a signal', async (t) => {
  const dir = new TempDir(t);
  let now = 0;
  const sink = new FileSink(dir.join('x.log'), 1000, () => now);
  t.after(() => sink.close());
  sink.write('before');
  await sink.flush();
  renameSync(dir.join('x.log'), dir.join('x.log.1'));
  sink.write('in between');
  await sink.flush();
  now = 1000;
  sink.write('after');
  await sink.flush();
  assert.equal(readFileSync(dir.join('x.log.1'), 'utf8'), 'before\nin between\n');
  assert.equal(readFileSync(dir.join('x.log'), 'utf8'), 'after\n');
  assert.equal(sink.dropped, 0);
});

test('after reopenLogFiles the next line goes into the new file', async (t) => {
  const dir = new TempDir(t);
  const sink = new FileSink(dir.join('x.log'), 1000, () => 0);
  t.after(() => sink.close());
  renameSync(dir.join('x.log'), dir.join('x.log.1'));
  reopenLogFiles();
  sink.write('after');
  await sink.flush();
  assert.equal(readFileSync(dir.join('x.log.1'), 'utf8'), '');
  assert.equal(readFileSync(dir.join('x.log'), 'utf8'), 'after\n');
});

test('lines that do not fit are dropped and counted, the rest arrive in order', async (t) => {
  const path = new TempDir(t).join('x.log');
  const sink = new FileSink(path, 100);
  t.after(() => sink.close());
  for (let line = 0; line < 50; line += 1) sink.write(`line ${String(line).padStart(4, '0')}`);
  await sink.flush();
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  assert.equal(lines.length + sink.dropped, 50);
  assert.ok(sink.dropped >= 40);
  assert.equal(lines[0], 'line 0000');
  sink.write('later');
  await sink.flush();
  assert.match(readFileSync(path, 'utf8'), /\nlater\n$/);
});

test('a full disk loses lines, counted, and nothing else', { skip: !existsSync('/dev/full') }, async (t) => {
  const sink = new FileSink('/dev/full');
  t.after(() => sink.close());
  sink.write('a');
  sink.write('b');
  await sink.flush();
  assert.equal(sink.dropped, 2);
  assert.equal(sink.trouble, 'no space left on device');
  sink.write('c');
  await sink.flush();
  assert.equal(sink.dropped, 3);
});

test('a file that cannot be opened loses lines, counted, until its folder exists', async (t) => {
  const dir = new TempDir(t);
  let now = 0;
  const sink = new FileSink(dir.join('none/x.log'), 1000, () => now);
  t.after(() => sink.close());
  sink.write('a');
  await sink.flush();
  assert.equal(sink.dropped, 1);
  mkdirSync(dir.join('none'));
  now = 1000;
  sink.write('b');
  await sink.flush();
  assert.equal(readFileSync(dir.join('none/x.log'), 'utf8'), 'b\n');
});
