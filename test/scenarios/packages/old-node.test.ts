import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import test from 'node:test';
import { inRepository } from '../../support/programs.ts';

/** Makes the Node.js that runs this test report an older version. */
const older =
  'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.0.0"}})';

const programs = {
  'headgate-router': 'packages/router/bin/headgate-router.js',
  'headgate-terminator': 'packages/tls-terminator/bin/headgate-terminator.js',
};

for (const [program, file] of Object.entries(programs)) {
  test(`${program} on an old Node.js reports the required version and how to get it`, () => {
    const { status, stderr } = spawnSync(process.execPath, ['--import', older, inRepository(file)], {
      encoding: 'utf8',
    });
    assert.match(
      stderr,
      new RegExp(
        `^${program}: needs Node\\.js 24 or newer, this is v.*'npx ${program}' takes the one that npm ci brought`,
      ),
    );
    assert.equal(status, 1);
  });
}
