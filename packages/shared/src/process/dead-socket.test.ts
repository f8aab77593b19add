import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { test } from 'node:test';
import { listen } from '../../../../test/support/tcp.ts';
import { TempDir } from '../../../../test/support/temp.ts';
import { removeDeadSocket } from './dead-socket.ts';

test('a stale socket file is removed, and a missing one is fine', async (t) => {
  const dir = new TempDir(t);
  const path = dir.join('dead.sock');
  // A server that ends removes its file, unless the file has been renamed.
  const { server } = await listen(t, (socket) => socket.destroy(), { path: dir.join('other.sock') });
  renameSync(dir.join('other.sock'), path);
  await new Promise((resolve) => server.close(resolve));
  assert.ok(existsSync(path));
  await removeDeadSocket(path);
  assert.ok(!existsSync(path));
  await removeDeadSocket(path);
});

test('a socket in use and any other file are left alone', async (t) => {
  const dir = new TempDir(t);
  const path = dir.join('living.sock');
  await listen(t, (socket) => socket.destroy(), { path });
  await assert.rejects(removeDeadSocket(path), {
    code: 'START_FAILED',
    message: `cannot listen on ${path}: the address is already in use`,
  });
  const file = dir.write('file', 'precious');
  await assert.rejects(removeDeadSocket(file), /the path exists and is not a socket/);
  assert.equal(readFileSync(file, 'utf8'), 'precious');
});
