import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launch } from './launch.ts';

for (const [command, args, code] of [
  ['/nonexistent', [], 'ENOENT'],
  ['/etc/passwd', [], 'EACCES'],
  ['/etc/passwd/x', [], 'ENOTDIR'],
  ['/bin/true', ['x'.repeat(1_000_000)], 'E2BIG'],
] as const)
  test(`a program that cannot be started is reported once, and not thrown: ${code}`, async () => {
    const errors: unknown[] = [];
    await new Promise<void>((resolve) => {
      launch(command, args, { stdio: 'ignore' }, (error) => {
        errors.push(error.code);
        resolve();
      });
      assert.deepEqual(errors, [], 'not before it has returned');
    });
    assert.deepEqual(errors, [code]);
  });
