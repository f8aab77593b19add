import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Logger } from './logger.ts';
import { summed } from './summed.ts';

function collecting(): { readonly lines: string[]; readonly logger: Logger } {
  const lines: string[] = [];
  const logger: Logger = {
    log: (severity, message) => void lines.push(`${severity} ${message}`),
    flush: () => Promise.resolve(),
  };
  return { lines, logger: summed(logger) };
}

test('a warning that repeats is written once, and its number after ten seconds', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { lines, logger } = collecting();
  for (let n = 0; n < 346; n += 1) logger.log('warning', 'accept EMFILE');
  logger.log('err', 'accept EMFILE');
  assert.deepEqual(lines, ['warning accept EMFILE', 'err accept EMFILE']);
  t.mock.timers.tick(10_000);
  assert.deepEqual(lines.slice(2), ['warning accept EMFILE (345 more times in 10 s)']);
  logger.log('warning', 'accept EMFILE');
  assert.equal(lines.length, 4);
});

test('notices are never summed up: two equal ones are two events', () => {
  const { lines, logger } = collecting();
  for (let n = 0; n < 3; n += 1) logger.log('notice', 'Server a/b is UP');
  assert.equal(lines.length, 3);
});

test('a flush writes what was counted so far', async () => {
  const { lines, logger } = collecting();
  for (let n = 0; n < 2; n += 1) logger.log('err', 'no space');
  await logger.flush();
  assert.deepEqual(lines, ['err no space', 'err no space (1 more time in 10 s)']);
});

test('many different warnings take no memory: they are written as they come', () => {
  const { lines, logger } = collecting();
  for (let n = 0; n < 1000; n += 1) logger.log('warning', `line ${n}`);
  for (let n = 0; n < 1000; n += 1) logger.log('warning', `line ${n}`);
  assert.equal(lines.length, 1000 + 1000 - 256);
});
