/** dist/, and so the packages, must contain the products only and nothing for tests. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { run } from '../../support/process.ts';
import { inRepository } from '../../support/programs.ts';

const TEST_ONLY = /\.test\.ts$|\/(?:testing|conformance)\.ts$|\/fixtures\//;

for (const name of ['shared', 'tls-terminator', 'router']) {
  test(`@headgate/${name} publishes no tests and no test support`, async (t) => {
    const tsc = inRepository('node_modules/typescript/bin/tsc');
    const { code, stdout } = await run(t, process.execPath, [
      tsc,
      '-p',
      inRepository(`packages/${name}`),
      '--listFilesOnly',
    ]);
    assert.equal(code, 0, stdout);
    const sources = stdout.split('\n').filter((file) => file.includes(`/packages/${name}/src/`));
    assert.ok(sources.length > 10, stdout);
    assert.deepEqual(
      sources.filter((file) => TEST_ONLY.test(file)),
      [],
    );
    // A product file that imports a package of the toolchain would not load where the package is installed.
    const imported = sources.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/^(?:import|export|\})[^'\n]* from '([^'.][^']*)'/gm)].map(
        ([, from = '']) => from,
      ),
    );
    const foreign = imported
      .map((from) =>
        from
          .split('/')
          .slice(0, from.startsWith('@') ? 2 : 1)
          .join('/'),
      )
      .filter((from) => !from.startsWith('node:'));
    const manifest: unknown = JSON.parse(readFileSync(inRepository(`packages/${name}/package.json`), 'utf8'));
    const known =
      typeof manifest === 'object' && manifest !== null && 'dependencies' in manifest
        ? Object.keys(manifest.dependencies ?? {})
        : [];
    assert.deepEqual(
      [...new Set(foreign)].filter((from) => !known.includes(from)),
      [],
    );
  });
}
