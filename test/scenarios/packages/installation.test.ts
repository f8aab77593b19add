/** A clone before `npm ci`, after `npm ci --omit=dev`, and under a Node.js that is older than the packages want. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { run } from '../../support/process.ts';
import type { Result } from '../../support/process.ts';
import { inRepository } from '../../support/programs.ts';
import { TempDir } from '../../support/temp.ts';

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly workspaces: readonly string[];
}
const manifest = JSON.parse(readFileSync(inRepository('package.json'), 'utf8')) as Manifest;

/** npm without the environment variables set by the repository's own npm. */
function npm(t: TestContext, cwd: string, ...args: readonly string[]): Promise<Result> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  const ours = Object.keys(process.env).filter((name) => name.startsWith('npm_'));
  const env = {
    ...Object.fromEntries(ours.map((name) => [name, undefined])),
    PATH: [dirname(process.execPath), ...folders].join(delimiter),
  };
  return run(t, 'npm', args, { cwd, env, within: 60_000 });
}

/** Only the files of a clone that npm reads. */
function bareClone(t: TestContext): TempDir {
  const dir = new TempDir(t);
  for (const file of ['package.json', 'package-lock.json', '.npmrc', 'tools/installed.mjs']) {
    cpSync(inRepository(file), dir.join(file));
  }
  for (const folder of manifest.workspaces) {
    cpSync(inRepository(`${folder}/package.json`), dir.join(`${folder}/package.json`));
    if (existsSync(inRepository(`${folder}/bin`))) {
      cpSync(inRepository(`${folder}/bin`), dir.join(`${folder}/bin`), { recursive: true });
    }
  }
  return dir;
}

for (const [script, programs] of [
  ['start', []],
  ['test', []],
  ['test:soak', ['node']],
] as const) {
  test(`npm run ${script} in a clone with ${programs.join() || 'nothing'} installed asks for npm ci and shows no stack`, async (t) => {
    const dir = bareClone(t);
    mkdirSync(dir.join('node_modules/.bin'), { recursive: true });
    for (const name of programs) symlinkSync(process.execPath, dir.join(`node_modules/.bin/${name}`));
    const { code, stderr } = await npm(t, dir.path, 'run', script);
    assert.equal(code, 1, stderr);
    assert.match(stderr, programs.length === 0 ? /^run npm ci first$/m : /^run npm ci first, without --omit=dev: /m);
    assert.doesNotMatch(stderr, /^\s+at |not found|Cannot find/m);
  });
}

test('every script first checks that its dependencies are installed', () => {
  for (const [name, command] of Object.entries(manifest.scripts)) {
    if (name !== 'prepare' && name !== 'typecheck') assert.match(command, /^node tools\/installed\.mjs /, name);
  }
});

test('every suite that can be run alone has tests', () => {
  const suites = Object.entries(manifest.scripts).filter(([name]) => name.startsWith('test:'));
  assert.ok(suites.length >= 5);
  for (const [name, command] of suites) {
    const patterns = [...command.matchAll(/"?((?:test|packages)\/[^\s"]*\.test\.ts)/g)].map(
      ([, pattern = '']) => pattern,
    );
    assert.ok(patterns.length > 0, name);
    for (const pattern of patterns) {
      assert.ok(globSync(pattern, { cwd: inRepository('.') }).length > 0, `${name}: ${pattern}`);
    }
  }
});

test('npm ci is quiet when a package requires another Node.js version', async (t) => {
  const dir = bareClone(t);
  for (const file of ['packages/router/package.json', 'package-lock.json']) {
    dir.write(file, readFileSync(dir.join(file), 'utf8').replaceAll('"node": ">=24"', '"node": ">=999"'));
  }
  const quiet = await npm(t, dir.path, 'ci', '--dry-run', '--offline');
  assert.deepEqual([quiet.code, quiet.stderr], [0, '']);
  rmSync(dir.join('.npmrc'));
  const loud = await npm(t, dir.path, 'ci', '--dry-run', '--offline');
  assert.match(loud.stderr, /EBADENGINE/, 'without our .npmrc npm warns, so the test above can fail');
});

test('without the toolchain npm ci builds nothing, and the programs run from source', async (t) => {
  const dir = bareClone(t);
  mkdirSync(dir.join('node_modules/@headgate'), { recursive: true });
  for (const name of readdirSync(inRepository('node_modules'))) {
    if (name !== '@headgate' && !name.startsWith('.')) {
      symlinkSync(inRepository(`node_modules/${name}`), dir.join(`node_modules/${name}`));
    }
  }
  for (const name of ['shared', 'router', 'tls-terminator', 'headgate']) {
    cpSync(inRepository(`packages/${name}/src`), dir.join(`packages/${name}/src`), { recursive: true });
    symlinkSync(dir.join(`packages/${name}`), dir.join(`node_modules/@headgate/${name}`));
  }
  const prepared = await npm(t, dir.path, 'run', '--silent', 'prepare');
  assert.deepEqual(prepared, { code: 0, signal: null, stdout: '', stderr: '' });

  const config = dir.write('router.yaml', readFileSync(inRepository('packages/router/examples/router.yaml'), 'utf8'));
  for (const bin of ['packages/router/bin/headgate-router.js', 'packages/old-names/bin/router.js']) {
    const checked = await run(t, process.execPath, [dir.join(bin), 'check', '-f', config]);
    assert.deepEqual([checked.code, checked.stderr], [0, ''], bin);
  }
  for (const bin of [
    'packages/tls-terminator/bin/headgate-terminator.js',
    'packages/old-names/bin/tls-terminator.js',
  ]) {
    const { code, stdout, stderr } = await run(t, process.execPath, [dir.join(bin), '--version']);
    assert.deepEqual([code, stderr], [0, ''], bin);
    assert.match(stdout, /^headgate-terminator \d/);
  }
});
