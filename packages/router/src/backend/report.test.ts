import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CheckResult } from '../model/backend.ts';
import { backendConfig, bench, checkConfig, failed, passed, serverConfig } from './testing.ts';

// The lines of this file were recorded from HAProxy 2.6.12.
const status500: CheckResult = { passed: false, status: 'L7STS', code: 500, info: 'Foo Bar', duration: 0.4 };
const withBackup = [serverConfig('s1', { check: { ...checkConfig, fall: 2 } }), serverConfig('b1', { backup: true })];

describe('what the log says of a check', () => {
  it('a server goes down and comes back', () => {
    const on = bench(backendConfig([serverConfig('s1', { check: checkConfig })]));
    on.backend.checked(on.server('s1'), failed);
    on.backend.checked(on.server('s1'), passed);
    on.backend.checked(on.server('s1'), passed);
    assert.deepEqual(on.lines, [
      'alert Server be/s1 is DOWN, reason: Layer4 connection problem, info: "Connection refused", check ' +
        'duration: 0ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.',
      'emerg backend be has no server available!',
      'notice Server be/s1 is UP, reason: Layer7 check passed, code: 200, check duration: 1ms. 1 active and 0 ' +
        'backup servers online. 0 sessions requeued, 0 total in queue.',
    ]);
  });
  it('a backup takes over', () => {
    const on = bench(backendConfig(withBackup));
    on.backend.checked(on.server('s1'), status500);
    assert.deepEqual(on.lines, [
      'alert Server be/s1 is DOWN, reason: Layer7 wrong status, code: 500, info: "Foo Bar", check duration: 0ms. ' +
        '0 active and 1 backup servers left. Running on backup. 0 sessions active, 0 requeued, 0 remaining in ' +
        'queue.',
    ]);
  });
  it('option log-health-checks shows every step that is news', () => {
    const on = bench(backendConfig([serverConfig('s1', { check: checkConfig })], { logHealthChecks: true }));
    const results = [status500, status500, failed, passed, passed, passed, status500];
    for (const result of results) on.backend.checked(on.server('s1'), result);
    assert.deepEqual(on.lines, [
      'notice Health check for server be/s1 failed, reason: Layer7 wrong status, code: 500, info: "Foo Bar", ' +
        'check duration: 0ms, status: 0/2 DOWN.',
      'alert Server be/s1 is DOWN. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.',
      'emerg backend be has no server available!',
      'notice Health check for server be/s1 failed, reason: Layer4 connection problem, info: "Connection ' +
        'refused", check duration: 0ms, status: 0/2 DOWN.',
      'notice Health check for server be/s1 succeeded, reason: Layer7 check passed, code: 200, check duration: 1ms, status: 1/2 DOWN.',
      'notice Health check for server be/s1 succeeded, reason: Layer7 check passed, code: 200, check duration: 1ms, status: 3/3 UP.',
      'notice Server be/s1 is UP. 1 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.',
      'notice Health check for server be/s1 failed, reason: Layer7 wrong status, code: 500, info: "Foo Bar", ' +
        'check duration: 0ms, status: 2/3 UP.',
    ]);
  });
});

describe('what the log says of the operator', () => {
  it('drain and maintenance', () => {
    const on = bench(backendConfig(withBackup));
    const orders = [
      ['s1', 'drain'],
      ['s1', 'ready'],
      ['s1', 'maint'],
      ['s1', 'ready'],
      ['b1', 'maint'],
      ['s1', 'maint'],
      ['s1', 'ready'],
      ['b1', 'ready'],
    ] as const;
    for (const [name, state] of orders) on.backend.administer(on.server(name), state);
    assert.deepEqual(on.lines, [
      'notice Server be/s1 enters drain state. 0 active and 1 backup servers online. Running on backup. 0 ' +
        'sessions requeued, 0 total in queue.',
      'notice Server be/s1 is UP (leaving forced drain).',
      'alert Server be/s1 is going DOWN for maintenance. 0 active and 1 backup servers left. Running on backup. ' +
        '0 sessions active, 0 requeued, 0 remaining in queue.',
      'notice Server be/s1 is UP/READY (leaving forced maintenance).',
      'alert Backup Server be/b1 is going DOWN for maintenance. 1 active and 0 backup servers left. 0 sessions ' +
        'active, 0 requeued, 0 remaining in queue.',
      'alert Server be/s1 is going DOWN for maintenance. 0 active and 0 backup servers left. 0 sessions active, ' +
        '0 requeued, 0 remaining in queue.',
      'emerg backend be has no server available!',
      'notice Server be/s1 is UP/READY (leaving forced maintenance).',
      'notice Backup Server be/b1 is UP/READY (leaving forced maintenance).',
    ]);
  });
  it('a drained server gives no alarm when it leaves for good', () => {
    const on = bench(backendConfig([serverConfig('s1'), serverConfig('s2')]));
    for (const state of ['drain', 'maint', 'drain'] as const) on.backend.administer(on.server('s1'), state);
    assert.deepEqual(on.lines.slice(1), [
      'notice Server be/s1 is going DOWN for maintenance. 1 active and 0 backup servers left. 0 sessions active, ' +
        '0 requeued, 0 remaining in queue.',
      'notice Server be/s1 is UP/DRAIN (leaving forced maintenance).',
    ]);
  });
});
