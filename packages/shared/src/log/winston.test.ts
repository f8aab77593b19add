import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Severity } from './logger.ts';
import { severities } from './severity.ts';
import type { Sink } from './sink.ts';
import { createLogger } from './winston.ts';

function memorySink(): Sink & { readonly lines: [string, Severity][] } {
  const lines: [string, Severity][] = [];
  return {
    lines,
    dropped: 0,
    write: (line, severity) => void lines.push([line, severity]),
    flush: () => Promise.resolve(),
    close: () => {},
  };
}

test('every severity down to the level is written to every target, in order and in its format', async () => {
  const text = memorySink();
  const message = memorySink();
  const logger = createLogger({
    name: 'router',
    level: 'notice',
    targets: [
      { sink: text, form: 'json' },
      { sink: message, form: 'message' },
    ],
    now: () => 0,
  });
  for (const severity of severities) logger.log(severity, `a ${severity}`, { n: 1 });
  await logger.flush();
  const wanted = severities.slice(0, 6);
  assert.deepEqual(
    message.lines,
    wanted.map((severity) => [`a ${severity} n=1`, severity]),
  );
  assert.deepEqual(
    text.lines.map(([line]) => JSON.parse(line).message),
    wanted.map((severity) => `a ${severity}`),
  );
});

test('a burst in one turn is written or counted, never held without bound', async () => {
  const sink = memorySink();
  const logger = createLogger({ name: 'router', level: 'info', targets: [{ sink, form: 'message' }] });
  const total = 20_000;
  for (let index = 0; index < total; index += 1) logger.log('info', 'x');
  await logger.flush();
  assert.equal(sink.lines.length + logger.dropped, total);
});

test('a logger without targets writes nothing', async () => {
  const logger = createLogger({ name: 'router', level: 'info', targets: [] });
  for (let index = 0; index < 3000; index += 1) logger.log('info', 'x');
  await logger.flush();
});
