import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import test from 'node:test';
import { inRepository } from '../../support/programs.ts';

/** Makes the Node.js that runs this test call itself older. */
const older =
  'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.0.0"}})';

for (const program of ['router', 'tls-terminator']) {
  test(`${program} tells an old Node.js what it needs and where that is`, () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--import', older, inRepository(`packages/${program}/bin/${program}.js`)],
      { encoding: 'utf8' },
    );
    assert.match(
      stderr,
      new RegExp(
        `^${program}: needs Node\\.js 24 or newer, this is v.*'npx ${program}' takes the one that npm ci brought`,
      ),
    );
    assert.equal(status, 1);
  });
}
