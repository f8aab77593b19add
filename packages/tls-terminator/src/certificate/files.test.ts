import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { MAX_FILE_BYTES, readSmallFile } from './read.ts';
import { writeFileAtomically } from './write.ts';

const directory = mkdtempSync(join(tmpdir(), 'headgate-files-'));
after(() => rmSync(directory, { recursive: true, force: true }));
const file = (name: string): string => join(directory, name);

describe('readSmallFile', () => {
  it('reads a file of the largest size, and no larger one', async () => {
    writeFileSync(file('large'), Buffer.alloc(MAX_FILE_BYTES), { mode: 0o600 });
    const read = await readSmallFile(file('large'));
    assert.ok('data' in read && read.data.length === MAX_FILE_BYTES && !read.worldAccessible);
    writeFileSync(file('large'), Buffer.alloc(MAX_FILE_BYTES + 1));
    assert.deepEqual(await readSmallFile(file('large')), { error: `it is larger than ${MAX_FILE_BYTES} bytes` });
  });

  it('says when others have any right to it', async () => {
    writeFileSync(file('open'), '', { mode: 0o601 });
    const read = await readSmallFile(file('open'));
    assert.equal('data' in read && read.worldAccessible, true);
  });

  it('does not wait for a pipe that nobody writes into', async () => {
    execFileSync('mkfifo', [file('pipe')]);
    assert.deepEqual(await readSmallFile(file('pipe')), { error: 'it is not a regular file' });
  });

  for (const [name, error] of [
    ['missing', 'no such file'],
    ['open/below', 'part of its path is not a directory'],
    ['x'.repeat(300), 'its name is too long'],
  ] as const) {
    it(`explains: ${error}`, async () => assert.deepEqual(await readSmallFile(file(name)), { error }));
  }
});

describe('writeFileAtomically', () => {
  it('replaces a file, with the mode that was asked for', async () => {
    writeFileSync(file('key'), 'old', { mode: 0o644 });
    await writeFileAtomically(file('key'), 'new', 0o600);
    assert.equal(readFileSync(file('key'), 'utf8'), 'new');
    assert.equal(statSync(file('key')).mode & 0o777, 0o600);
  });

  it('leaves nothing behind when it fails', async () => {
    const before = readdirSync(directory);
    await assert.rejects(writeFileAtomically(directory, 'text', 0o600));
    assert.deepEqual(readdirSync(directory), before);
    assert.deepEqual(
      readdirSync(join(directory, '..')).filter((name) => name.startsWith(`${directory.split('/').at(-1)}.`)),
      [],
    );
  });
});
