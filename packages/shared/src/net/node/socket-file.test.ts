import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Acceptor } from './acceptor.ts';
import { followPaths, heldSockets } from './inherited.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'socket-file-'));
  t.after(() => rmSync(path, { recursive: true }));
  t.after(() => followPaths('ours'));
  return path;
}

function acceptor(): Acceptor {
  return new Acceptor(
    {},
    () => undefined,
    () => undefined,
  );
}

test('the file of a unix socket goes with its socket, and there is no other one', async (t) => {
  const directory = folder(t);
  const path = join(directory, 'socket');
  const one = acceptor();
  await one.listen({ path, mode: 0o600 });
  assert.deepEqual(readdirSync(directory), ['socket']);
  one.close();
  assert.deepEqual(readdirSync(directory), []);
});

test('a file that another program has put in its place stays', async (t) => {
  const path = join(folder(t), 'socket');
  const one = acceptor();
  await one.listen({ path });
  rmSync(path);
  writeFileSync(path, '');
  one.close();
  assert.ok(existsSync(path));
});

test('a process that has left its paths to another one removes none', async (t) => {
  const path = join(folder(t), 'socket');
  const one = acceptor();
  await one.listen({ path });
  followPaths('left');
  one.close();
  assert.ok(existsSync(path));
});

test('a path that cannot be bound is named as it was asked for', async (t) => {
  const path = join(folder(t), 'missing', 'socket');
  await assert.rejects(acceptor().listen({ path }), { code: 'EACCES', address: path, message: new RegExp(`${path}$`) });
});

test('a path without room for another name beside it is bound as it is, and stays with its process', async (t) => {
  const directory = folder(t);
  const path = join(directory, 'x'.repeat(106 - directory.length));
  const one = acceptor();
  await one.listen({ path });
  t.after(() => one.close());
  assert.ok(existsSync(path));
  assert.ok(
    heldSockets().some(({ key, movable }) => key === path && movable),
    'the shorter name fits',
  );
});
