import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'node:test';

/** Fills the heap, drops it, and prints how large it is before and after. */
const program = `
import { settleSoon } from ${JSON.stringify(new URL('./settle.ts', import.meta.url).href)};
let garbage = Array.from({ length: 300_000 }, (_, index) => ({ index }));
garbage = undefined;
const before = process.memoryUsage().heapTotal;
settleSoon();
const waiting = setInterval(() => {
  const after = process.memoryUsage().heapTotal;
  if (after > before / 2) return;
  clearInterval(waiting);
  console.log('smaller', 'gc' in globalThis);
}, 50);
`;

test(
  'the memory that only the start needed is given back, and nothing else sees the collector',
  { timeout: 20_000 },
  async () => {
    const child = spawn(process.execPath, ['--no-memory-reducer', '--input-type=module', '--eval', program]);
    let out = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    await once(child, 'close');
    assert.equal(out, 'smaller false\n');
  },
);
