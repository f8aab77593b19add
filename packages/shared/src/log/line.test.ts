import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonLine, messageText, textLine } from './line.ts';
import type { Entry } from './line.ts';

process.env['TZ'] = 'UTC';

function entry(differences: Partial<Entry> = {}): Entry {
  return {
    time: Date.UTC(2026, 10, 3, 6, 5, 4, 37),
    name: 'router',
    pid: 7,
    severity: 'warning',
    message: 'hello',
    fields: {},
    ...differences,
  };
}

test('a text line has local time, severity, message and fields', () => {
  const fields = { port: 80, name: 'be/s1', info: 'two words', ok: true, none: undefined };
  assert.equal(
    textLine(entry({ fields })),
    '2026-11-03 06:05:04.037 warning hello port=80 name=be/s1 info="two words" ok=true',
  );
});

test('a JSON line is one object whose built-in keys no field can override', () => {
  assert.deepEqual(JSON.parse(jsonLine(entry({ fields: { port: 80, severity: 'debug', none: undefined } }))), {
    time: '2026-11-03T06:05:04.037Z',
    severity: 'warning',
    program: 'router',
    pid: 7,
    message: 'hello',
    port: 80,
  });
});

test('untrusted text cannot forge a line or reach the terminal', () => {
  const message = 'a\n2026-11-03 06:05:04.037 info forged\u001b[2J\u009b';
  assert.equal(
    messageText(entry({ message, fields: { x: 'b\nc' } })),
    'a#0A2026-11-03 06:05:04.037 info forged#1B[2J#9B x="b#0Ac"',
  );
  assert.ok(!jsonLine(entry({ message })).includes('\n'));
});

test('a stack is printed on indented lines in text and omitted in syslog', () => {
  const fields = { stack: 'Error: x\n    at here' };
  assert.equal(textLine(entry({ fields })), '2026-11-03 06:05:04.037 warning hello\n    Error: x\n        at here');
  assert.equal(messageText(entry({ fields })), 'hello');
});
