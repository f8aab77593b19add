import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { importHaproxy } from './import.ts';

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await importHaproxy.run(args, { out: (text) => void (out += text), err: (text) => void (err += text) });
  return { code, out, err };
}

const article = join(import.meta.dirname, '../../../../test/fixtures/article/haproxy.cfg');

test('import prints YAML and tells what is obsolete, as a comment and on standard error', async () => {
  const { code, out, err } = await run(article);
  assert.equal(code, 0);
  assert.match(out, /^ {2}# HAProxy refuses 'nbproc' since 2\.5.*$/m);
  assert.match(out, /^ {6}- redirect prefix https:\/\/dev-maps01 if !local is_maps$/m);
  assert.match(err, /:4:5: warning: HAProxy refuses 'nbproc'/);
});

test('import wants one file that can be read', async () => {
  assert.equal((await run()).code, 2);
  assert.equal((await run('a', 'b')).code, 2);
  assert.match((await run('-x')).err, /^headgate-router: unknown option '-x'\nusage: /);
  assert.match((await run('--help')).out, /^usage: headgate-router import /);
  const gone = await run('/nowhere/haproxy.cfg');
  assert.equal(gone.code, 1);
  assert.equal(gone.err, 'headgate-router: /nowhere/haproxy.cfg cannot be read: there is no such file\n');
});
