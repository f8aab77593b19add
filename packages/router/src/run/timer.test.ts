import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { after } from './timer.ts';

test('what is due already comes at once, without a warning of Node.js', async (t) => {
  const warnings: string[] = [];
  const warned = ({ name }: Error): void => void warnings.push(name);
  process.on('warning', warned);
  t.after(() => process.off('warning', warned));
  await new Promise<void>((resolve) => void after(-0.17, resolve));
  // Warnings come in order: this one is last.
  process.emitWarning('the end of this test', 'Last');
  while (!warnings.includes('Last')) await once(process, 'warning');
  assert.deepEqual(warnings, ['Last']);
});
