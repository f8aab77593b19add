import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { echoOf, startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { freePort } from '../../support/ports.ts';
import { TestProcess, run } from '../../support/process.ts';
import type { Result } from '../../support/process.ts';
import { inRepository } from '../../support/programs.ts';
import { routingConfig } from '../../support/routing.ts';
import { TempDir } from '../../support/temp.ts';

const PROGRAMS = ['headgate', 'headgate-router', 'headgate-terminator'];
const PACKAGES = ['@headgate/shared', '@headgate/tls-terminator', '@headgate/router', 'headgate'];

/** An environment with Node.js and npm and nothing of this repository. */
function outside(): NodeJS.ProcessEnv {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  return { PATH: [dirname(process.execPath), ...folders].join(delimiter), NODE_OPTIONS: undefined };
}

async function succeeds(t: TestContext, cwd: string, command: string, ...args: readonly string[]): Promise<Result> {
  const result = await run(t, command, args, { cwd, env: outside(), within: 120_000 });
  assert.equal(result.code, 0, `${command} ${args.join(' ')}\n${result.stdout}${result.stderr}`);
  return result;
}

test('the packages, packed and installed elsewhere, run without this repository', { timeout: 300_000 }, async (t) => {
  const dir = new TempDir(t);
  await succeeds(t, inRepository('.'), process.execPath, inRepository('node_modules/typescript/bin/tsc'), '-b');
  await succeeds(
    t,
    inRepository('.'),
    'npm',
    'pack',
    '--silent',
    '--pack-destination',
    dir.path,
    ...PACKAGES.flatMap((name) => ['-w', name]),
  );
  const tarballs = globSync('*.tgz', { cwd: dir.path }).map((name) => `./${name}`);
  assert.equal(tarballs.length, PACKAGES.length);
  dir.write('package.json', JSON.stringify({ private: true }));
  await succeeds(t, dir.path, 'npm', 'install', '--silent', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs);

  for (const name of PACKAGES) {
    const dist = dir.join(`node_modules/${name}/dist`);
    const scripts = globSync('**/*.js', { cwd: dist });
    assert.ok(scripts.length > 0, name);
    for (const script of scripts)
      assert.ok(existsSync(`${dist}/${script.replace(/\.js$/, '.d.ts')}`), `types of ${name}/${script}`);
    assert.deepEqual(globSync('**/*.test.*', { cwd: dist }), [], 'tests are not published');
    const all = globSync('**/*', { cwd: dir.join(`node_modules/${name}`), exclude: ['node_modules'] });
    assert.deepEqual(
      all.filter((file) => file.endsWith('.map')),
      [],
      'a source map without its source is useless',
    );
    for (const file of ['README.md', 'LICENSE']) assert.ok(all.includes(file), `${file} of ${name}`);
    if (name !== '@headgate/shared') {
      assert.ok(all.includes('program/main.js'), `${name} has what its command runs`);
      const licenses = readFileSync(dir.join(`node_modules/${name}/program/LICENSES.txt`), 'utf8');
      assert.match(licenses, /^winston \d[^]*Permission is hereby granted/m, 'with the licenses of what is in it');
    }
    // dist/ of a clone keeps what an older version built; a publication starts empty (prepublishOnly).
    const current = scripts.filter((script) =>
      existsSync(inRepository(`packages/${name.replace('@headgate/', '')}/src/${script.replace(/\.js$/, '.ts')}`)),
    );
    assert.ok(current.length > 0, name);
    for (const script of current)
      assert.doesNotMatch(readFileSync(`${dist}/${script}`, 'utf8'), /^\/\/# sourceMappingURL/m, script);
  }
  assert.deepEqual(
    globSync('{headgate*,router,tls-terminator}', { cwd: dir.join('node_modules/.bin') }).toSorted(),
    PROGRAMS.toSorted(),
    'no command shadows an existing program',
  );
  for (const program of PROGRAMS) {
    const { stdout } = await succeeds(t, dir.path, `node_modules/.bin/${program}`, '--version');
    assert.match(stdout, new RegExp(`^${program} \\d+\\.\\d+\\.\\d+\n$`));
  }

  await succeeds(
    t,
    dir.path,
    'node_modules/.bin/headgate-router',
    'check',
    '-f',
    'node_modules/@headgate/router/examples/router.yaml',
  );
  await succeeds(t, dir.path, 'node_modules/.bin/headgate-terminator', 'cert', 'dev', '--name', 'localhost');
  await succeeds(
    t,
    dir.path,
    'node_modules/.bin/headgate-terminator',
    'check',
    '-f',
    'node_modules/@headgate/tls-terminator/examples/tls-terminator.yaml',
  );

  const app = await startApp(t);
  const port = await freePort();
  const file = dir.write(
    'haproxy.cfg',
    routingConfig(port, await freePort(), { backend: [`server one 127.0.0.1:${app.port}`] }),
  );
  await succeeds(t, dir.path, 'node_modules/.bin/headgate-router', 'check', '-f', file);
  await succeeds(t, dir.path, 'node_modules/.bin/headgate', 'check', '-f', file);
  const router = new TestProcess(t, dir.join('node_modules/.bin/headgate'), ['-f', file], {
    cwd: dir.path,
    env: outside(),
  });
  await router.ready([port]);
  assert.equal(echoOf(await request(`http://127.0.0.1:${port}/published`)).url, '/published');
});
