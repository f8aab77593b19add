import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startWorker } from './channel.ts';

test('a worker that cannot be started has ended, and its primary goes on', async () => {
  const place = { number: 1, workers: 1, inBackground: true };
  // More than the system accepts as one argument.
  const argv = ['x'.repeat(1_000_000)];
  const how = await new Promise<string>((ended) => {
    const worker = startWorker(argv, place, { heard: () => assert.fail('it never ran'), ended });
    assert.equal(worker.pid, 0);
    worker.send({ kind: 'close' });
    worker.kill();
  });
  assert.match(how, /E2BIG/);
});
