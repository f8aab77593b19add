import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HalfProcess } from './half-process.ts';

const LOG = { quiet: false, format: 'text', background: false } as const;

test('a half that the system refuses to start has ended, and headgate goes on', async (t) => {
  // More than the system accepts as one variable.
  process.env['HEADGATE_TEST_LONG'] = 'x'.repeat(1_000_000);
  t.after(() => delete process.env['HEADGATE_TEST_LONG']);
  const reload = (): Promise<never> => Promise.reject(new Error('it never ran'));
  const half = new HalfProcess('router', { files: [], texts: [], sockets: '', log: LOG }, reload);
  assert.equal(half.pid, undefined);
  await assert.rejects(half.serving, /cannot be started: spawn E2BIG/);
  assert.match(await half.ended, /cannot be started/);
  await half.close();
});
