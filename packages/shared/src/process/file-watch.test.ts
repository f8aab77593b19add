import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FileWatch } from './file-watch.ts';
import { Reads } from './reads.ts';

test('changes, and files that appear, are noticed among hundreds, once they have stayed', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'watch-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const paths = Array.from({ length: 300 }, (_, index) => join(folder, String(index)));
  const reads = new Reads();
  for (const path of paths.slice(0, 299)) writeFileSync(path, 'one');
  for (const path of paths) reads.note(path);
  const noticed = Promise.withResolvers<readonly string[]>();
  const watch = new FileWatch(noticed.resolve, 20);
  t.after(() => watch.end());
  watch.follow(reads.named);
  const changed = [paths[0], paths[150], paths[298], paths[299]].flatMap((path) => path ?? []);
  for (const path of changed) writeFileSync(path, 'another');
  // The timer of the watch keeps no process.
  const keeps = setInterval(() => {}, 1000);
  t.after(() => clearInterval(keeps));
  assert.deepEqual(await noticed.promise, changed);
});
