import assert from 'node:assert/strict';
import { test } from 'node:test';
import { facilities } from './facility.ts';
import { syslogHeader } from './syslog-header.ts';

const time = Date.UTC(2026, 10, 3, 6, 47, 44, 617);
const options = { facility: 17, tag: 'router', pid: 10668, hostname: 'here' } as const;

for (const [format, zone, expected] of [
  ['local', 'UTC', '<142>Nov  3 06:47:44 router[10668]: '],
  ['local', 'America/St_Johns', '<142>Nov  3 03:17:44 router[10668]: '],
  ['rfc3164', 'UTC', '<142>Nov  3 06:47:44 here router[10668]: '],
  ['rfc5424', 'UTC', '<142>1 2026-11-03T06:47:44.617+00:00 - router 10668 - - '],
  ['rfc5424', 'America/St_Johns', '<142>1 2026-11-03T03:17:44.617-03:30 - router 10668 - - '],
  ['rfc5424', 'Asia/Kolkata', '<142>1 2026-11-03T12:17:44.617+05:30 - router 10668 - - '],
  ['short', 'UTC', '<6>'],
  ['raw', 'UTC', ''],
] as const) {
  test(`the ${format} header in ${zone}`, (t) => {
    const before = process.env['TZ'];
    t.after(() => {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    });
    process.env['TZ'] = zone;
    assert.equal(syslogHeader({ ...options, format })(6, time), expected);
  });
}

test('a cached header changes with the second and the severity', () => {
  process.env['TZ'] = 'UTC';
  const header = syslogHeader({ ...options, format: 'local' });
  assert.equal(header(6, time), header(6, time + 300));
  assert.match(header(6, time + 1000), /06:47:45/);
  assert.match(header(1, time + 1000), /^<137>.*06:47:45/);
  assert.match(header(6, time), /^<142>.*06:47:44/);
});

test('the facilities have their syslog numbers', () => {
  assert.deepEqual(
    (['kern', 'daemon', 'local0', 'local7'] as const).map((name) => facilities.indexOf(name)),
    [0, 3, 16, 23],
  );
});
