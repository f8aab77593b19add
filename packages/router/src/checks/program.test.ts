import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckResult } from '../model/backend.ts';
import { backendConfig, bench, serverConfig } from '../backend/testing.ts';
import { Programs } from './program.ts';

const deps = {
  now: () => performance.now(),
  after(ms: number, fn: () => void) {
    const timer = setTimeout(fn, ms);
    return { cancel: () => clearTimeout(timer) };
  },
};

/** Runs a program without arguments of its own. */
function run(programs: Programs, command: string, limit = 10_000): Promise<CheckResult> {
  const server = bench(backendConfig([serverConfig('a', {})])).server('a');
  const program = { command, path: '/usr/bin:/bin', proxy: undefined, protocol: 'h1' };
  return new Promise((resolve) => void programs.run({ program, server, limit }, resolve));
}

describe('programs of checks', () => {
  it('pass with 0, fail with anything else, and when they cannot be started', async () => {
    const programs = new Programs(deps);
    const results = await Promise.all(
      ['true', 'false', '/nonexistent', '/etc/passwd', '/etc/passwd/x', 'x'.repeat(300)].map((one) =>
        run(programs, one),
      ),
    );
    assert.deepEqual(
      results.map(({ passed, status, code }) => [passed, status, code]),
      [
        [true, 'PROCOK', 0],
        [false, 'PROCERR', 1],
        [false, 'PROCERR', 255],
        [false, 'PROCERR', 255],
        [false, 'PROCERR', 255],
        [false, 'PROCERR', 255],
      ],
    );
  });
  it('wait for their turn beyond a number of them, and not indefinitely', async () => {
    const programs = new Programs(deps, 1);
    // `yes` writes until it is killed.
    const endless = run(programs, 'yes', 300);
    const [queued, late] = await Promise.all([run(programs, 'true', 5000), run(programs, 'true', 50)]);
    assert.deepEqual((await endless).status, 'PROCTOUT');
    assert.equal(queued.status, 'PROCOK');
    assert.deepEqual([late.status, late.info], ['SOCKERR', '1 programs of checks are running']);
  });
  it('end with a check that is aborted, and free their place', async () => {
    const programs = new Programs(deps, 1);
    const server = bench(backendConfig([serverConfig('a', {})])).server('a');
    const program = { command: 'yes', path: '/usr/bin:/bin', proxy: undefined, protocol: 'h1' };
    programs.run({ program, server, limit: 10_000 }, () => assert.fail('it was given up')).abort();
    assert.equal((await run(programs, 'true')).status, 'PROCOK');
  });
});
