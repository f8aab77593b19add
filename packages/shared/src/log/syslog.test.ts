import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Severity } from './logger.ts';
import { severities } from './severity.ts';
import type { Sink } from './sink.ts';
import { SyslogSink } from './syslog.ts';

function collect(differences: { maxSeverity?: Severity; minSeverity?: Severity; maxLength?: number }): {
  sink: SyslogSink;
  lines: string[];
} {
  const lines: string[] = [];
  const inner: Sink = {
    dropped: 7,
    write: (line) => void lines.push(line),
    flush: () => Promise.resolve(),
    close: () => {},
  };
  const sink = new SyslogSink(inner, {
    format: 'short',
    facility: 16,
    tag: 'router',
    pid: 1,
    hostname: 'here',
    maxSeverity: 'debug',
    minSeverity: 'emerg',
    maxLength: 1024,
    now: () => 0,
    ...differences,
  });
  return { sink, lines };
}

test('lines below the level are omitted, lines above the maximum level are sent at that level', () => {
  const { sink, lines } = collect({ maxSeverity: 'notice', minSeverity: 'err' });
  for (const severity of severities) {
    sink.write(severity, severity);
    assert.equal(sink.accepts(severity), severities.indexOf(severity) <= 5);
  }
  assert.deepEqual(lines, ['<3>emerg', '<3>alert', '<3>crit', '<3>err', '<4>warning', '<5>notice']);
});

test('a line is cut at its length, header included', () => {
  const { sink, lines } = collect({ maxLength: 8 });
  sink.write('12345', 'info');
  sink.write('123456', 'info');
  assert.deepEqual(lines, ['<6>12345', '<6>12345']);
});

test('losses are those of the underlying sink', () => {
  assert.equal(collect({}).sink.dropped, 7);
});
