import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, symlinkSync, utimesSync, existsSync } from 'node:fs';
import { test } from 'node:test';
import { TempDir } from '../../../../test/support/temp.ts';
import { until } from '../../../../test/support/until.ts';
import { checkPidFile, removePidFile, writePidFile } from './pid-file.ts';

const own = `${process.pid}\n`;

test('the file holds the process id and a line end, readable by all whatever the umask', (t) => {
  const path = new TempDir(t).join('x.pid');
  const umask = process.umask(0o077);
  t.after(() => process.umask(umask));
  writePidFile(path);
  assert.equal(readFileSync(path, 'utf8'), own);
  assert.equal(statSync(path).mode & 0o777, 0o644);
});

test('a file with the pid of a living process is a failure that names it', (t) => {
  const path = new TempDir(t).write('x.pid', `${process.ppid}\n`);
  assert.throws(
    () => checkPidFile(path),
    new RegExp(`already running: .*x\\.pid holds process id ${process.ppid} \\(`),
  );
  assert.throws(() => writePidFile(path), /already running/);
  assert.equal(readFileSync(path, 'utf8'), `${process.ppid}\n`);
});

test('a file with a dead pid, our own pid or garbage is stale and replaced', async (t) => {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  const dir = new TempDir(t);
  for (const content of [`${child.pid}\n`, own, '', 'nonsense', '-1', '0', '99999999999999999999']) {
    const path = dir.write('x.pid', content);
    writePidFile(path);
    assert.equal(readFileSync(path, 'utf8'), own, `after '${content}'`);
  }
});

test(
  'a process that started after the file was written only reuses the pid',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()']);
    t.after(() => child.kill());
    await once(child, 'spawn');
    const path = new TempDir(t).write('x.pid', `${child.pid}\n`);
    const yesterday = new Date(Date.now() - 86_400_000);
    utimesSync(path, yesterday, yesterday);
    writePidFile(path);
    assert.equal(readFileSync(path, 'utf8'), own);
  },
);

test('a zombie has ended, so its file is stale', { skip: process.platform !== 'linux' }, async (t) => {
  // The shell becomes a program that never reaps its children.
  const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
  t.after(() => parent.kill());
  const [pid] = await once(parent.stdout.setEncoding('utf8'), 'data');
  await until('the child to be a zombie', () => / Z /.test(readFileSync(`/proc/${String(pid).trim()}/stat`, 'latin1')));
  const path = new TempDir(t).write('x.pid', String(pid));
  writePidFile(path);
  assert.equal(readFileSync(path, 'utf8'), own);
});

test('a link is replaced, not followed', (t) => {
  const dir = new TempDir(t);
  const precious = dir.write('precious', 'keep me');
  const path = dir.join('x.pid');
  symlinkSync(precious, path);
  writePidFile(path);
  assert.equal(readFileSync(precious, 'utf8'), 'keep me');
  assert.ok(statSync(path).isFile());
});

test('a missing directory is a failure that names the file and may pass', (t) => {
  assert.throws(() => writePidFile(new TempDir(t).join('none/x.pid')), {
    message: /cannot write the pid file .*none\/x\.pid: its directory does not exist$/,
    temporary: true,
  });
});

test('only a file that still holds our pid is removed', (t) => {
  const dir = new TempDir(t);
  const ours = dir.write('ours.pid', own);
  const theirs = dir.write('theirs.pid', '1\n');
  removePidFile(ours);
  removePidFile(theirs);
  removePidFile(dir.join('none.pid'));
  assert.deepEqual([existsSync(ours), existsSync(theirs)], [false, true]);
});
