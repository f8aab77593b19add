import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { test } from 'node:test';
import { TempDir } from '../../../../test/support/temp.ts';
import { removeDeadSocket } from './dead-socket.ts';

async function listening(path: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy()).listen(path);
  await once(server, 'listening');
  return server;
}

test('a stale socket file is removed, and a missing one is fine', async (t) => {
  const dir = new TempDir(t);
  const path = dir.join('dead.sock');
  // A server that ends removes its file, unless the file has been renamed.
  const server = await listening(dir.join('other.sock'));
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
  const server = await listening(path);
  t.after(() => server.close());
  await assert.rejects(removeDeadSocket(path), {
    code: 'START_FAILED',
    message: `cannot listen on ${path}: the address is already in use`,
  });
  const file = dir.write('file', 'precious');
  await assert.rejects(removeDeadSocket(file), /the path exists and is not a socket/);
  assert.equal(readFileSync(file, 'utf8'), 'precious');
});
