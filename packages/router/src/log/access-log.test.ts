import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { Destinations } from '@headgate/shared/log/destinations';
import { frontendConfig } from '../model/testing.ts';
import { evaluationOf } from '../rules/testing.ts';
import type { Frontend, LogTarget } from '../model/snapshot.ts';
import { createAccessLog } from './access-log.ts';
import type { AccessLog } from './access-log.ts';
import { nowhere, record } from '../../../../test/support/access-record.ts';

process.env['TZ'] = 'UTC';

const nowhereAt = { file: 'test', line: 1, column: 1 };

function frontend(log: readonly LogTarget[], differences: Partial<Frontend> = {}): Frontend {
  return frontendConfig({ name: 'fh', log, ...differences });
}

async function syslogServer(t: TestContext): Promise<{ port: number; lines: AsyncIterator<string> }> {
  const socket = createSocket('udp4');
  const arrived: string[] = [];
  socket.on('message', (message) => arrived.push(message.toString('latin1')));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.after(() => socket.close());
  async function* lines(): AsyncGenerator<string> {
    for (;;) {
      const line = arrived.shift();
      if (line === undefined) await once(socket, 'message');
      else yield line;
    }
  }
  return { port: socket.address().port, lines: lines() };
}

function target(port: number, differences: Partial<LogTarget> = {}): LogTarget {
  return {
    at: nowhereAt,
    transport: { kind: 'udp', host: '127.0.0.1', port },
    format: 'local',
    facility: 17,
    maxSeverity: 'debug',
    minSeverity: 'emerg',
    maxLength: 1024,
    tag: 'router',
    ...differences,
  };
}

function open(t: TestContext, config: Frontend): AccessLog {
  const destinations = new Destinations();
  t.after(() => destinations.close());
  return createAccessLog(config, {
    destinations,
    pid: 10668,
    hostname: 'localhost',
    now: () => Date.UTC(2026, 10, 23, 6, 47, 44, 617),
  });
}

const line =
  '127.0.0.1:60724 [23/Nov/2026:06:47:44.612] fh be/s1 0/0/0/4/4 200 106 - - ---- 1/1/0/0/0 0/0 "GET /a?b=1 HTTP/1.1"';

for (const [format, expected] of [
  ['local', `<142>Nov 23 06:47:44 router[10668]: ${line}\n`],
  ['rfc3164', `<142>Nov 23 06:47:44 localhost router[10668]: ${line}\n`],
  ['rfc5424', `<142>1 2026-11-23T06:47:44.617+00:00 - router 10668 - - ${line}\n`],
  ['short', `<6>${line}\n`],
  ['raw', `${line}\n`],
] as const) {
  test(`a line leaves as one datagram in the ${format} format`, async (t) => {
    const { port, lines } = await syslogServer(t);
    open(t, frontend([target(port, { format })])).write(record(), evaluationOf);
    assert.equal((await lines.next()).value, expected);
  });
}

test('a line longer than len is cut, header included, and keeps its line ending', async (t) => {
  const { port, lines } = await syslogServer(t);
  open(t, frontend([target(port, { maxLength: 80 })])).write(record(), evaluationOf);
  assert.equal(
    (await lines.next()).value,
    '<142>Nov 23 06:47:44 router[10668]: 127.0.0.1:60724 [23/Nov/2026:06:47:44.612] f\n',
  );
});

test('JSON lines are never cut', async (t) => {
  const { port, lines } = await syslogServer(t);
  open(t, frontend([target(port, { maxLength: 80, format: 'raw' })], { logFormat: 'json' })).write(
    record(),
    evaluationOf,
  );
  const object: unknown = JSON.parse((await lines.next()).value);
  assert.ok(typeof object === 'object');
});

test('a target at level notice gets no traffic, the next one does', async (t) => {
  const { port, lines } = await syslogServer(t);
  const log = open(
    t,
    frontend([
      target(port, { maxSeverity: 'notice', tag: 'quiet' }),
      target(port, { tag: 'full', minSeverity: 'info' }),
    ]),
  );
  log.write(record(), evaluationOf);
  assert.match((await lines.next()).value, /^<142>.* full\[/);
  await log.flush();
  assert.equal(log.dropped, 0);
});

test('dontlog-normal omits successful requests and redirects, and keeps errors, retries and redispatches', async (t) => {
  const { port, lines } = await syslogServer(t);
  const log = open(t, frontend([target(port, { format: 'raw' })], { dontLogNormal: true }));
  log.write(record(), evaluationOf);
  log.write(record({ ...nowhere, status: 302, termination: 'LR--' }), evaluationOf);
  const kept = [
    record({ status: 500 }),
    record({ retries: 1 }),
    record({ redispatched: true }),
    record({ status: 400, termination: 'PR--' }),
    record({ status: 200, termination: 'cD--' }),
  ];
  for (const value of kept) log.write(value, evaluationOf);
  for (const value of kept)
    assert.match((await lines.next()).value, new RegExp(` ${value.status} 106 - - ${value.termination} `));
});

test('without a listener lines are lost, counted, and nothing else', async (t) => {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  const log = open(t, frontend([target(port)]));
  while (log.dropped === 0) {
    log.write(record(), evaluationOf);
    await log.flush();
  }
  assert.ok(log.dropped > 0);
});
