/** Options that shape log lines and heads, beside HAProxy. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beside } from '../../support/beside.ts';
import { ENGINES, engineStatements } from '../../support/engines.ts';
import { missing } from '../../support/programs.ts';
import { openRaw } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { Origin } from '../../support/origin.ts';
import { until } from '../../support/until.ts';

const get = (path: string, ...fields: readonly string[]): string =>
  `GET ${path} HTTP/1.1\r\nHost: a\r\n${fields.map((field) => `${field}\r\n`).join('')}Connection: close\r\n\r\n`;

/** The fields of a head in one order: each adds its own at another moment. */
function sorted(message: string): string {
  const end = message.indexOf('\r\n\r\n');
  if (end < 0) return message;
  const [first = '', ...fields] = message.slice(0, end).split('\r\n');
  return [first, ...fields.toSorted()].join('\r\n') + message.slice(end);
}

const FRONTENDS: Readonly<Record<string, readonly string[]>> = {
  httpslog: ['option httpslog'],
  'an error format': ['error-log-format "ERR %ci %ST %r %ts"'],
  logasap: ['option logasap'],
  'logasap, own format': ['option logasap', 'log-format "%ci:%cp [%tr] %ST %r %ts"'],
  'log levels': [
    'http-request set-log-level silent if { path /silent }',
    'http-response set-log-level warning if { path /plain }',
  ],
  'unique ids': [
    'unique-id-format "%{+X}o<%HM-%[path]-%[req.hdr(host)]-%[str()]>"',
    'unique-id-header X-Unique-ID',
    'http-request set-header X-Seen %[unique-id]',
    'log-format "%ci:%cp [%tr] %ID %ST"',
  ],
  'names of fields, deleted': ['option http-restrict-req-hdr-names delete', 'http-request set-header X_Rule a'],
  'names of fields, refused': ['option http-restrict-req-hdr-names reject'],
  'original addresses': ['option forwardfor', 'option originalto header X-Dst'],
  'original addresses, excepted': ['option originalto except 127.0.0.0/8'],
};

for (const engine of ENGINES)
  for (const [name, frontend] of Object.entries(FRONTENDS))
    test(
      `engine ${engine}: log lines and heads are those of HAProxy: ${name}`,
      { skip: missing('haproxy'), timeout: 120_000 },
      async (t) => {
        await beside(t, {
          engine,
          logs: !name.startsWith('log levels'),
          requests: {
            plain: get('/plain'),
            own: get('/own', 'X_Under_Score: 1'),
            dead: get('/dead'),
            'no request': 'hello\r\n\r\n',
          },
          parts: {
            frontend: [
              ...frontend,
              'http-request return status 200 if { path /own }',
              'use_backend dead if { path /dead }',
            ],
            backend: ['http-send-name-header X-Server'],
            backends: { dead: [] },
          },
          normal: (text) =>
            sorted(text)
              .replace(/^connection: .*\r\n/gim, '')
              .replace(/ T\/T\/T\/T\/\+?T /, ' TIMERS ')
              .replace(/ (\d+\/){5}\+\d+ /, ' TIMERS ')
              .replace(/OPEN\/OPEN\/\d+\/\d+/, 'OPEN')
              .replace(/ (?:-?\d+\/){4}\+\d+ (\d+) \+\d+ /, ' TIMERS $1 +BYTES '),
        });
      },
    );

for (const engine of ENGINES) {
  test(`engine ${engine}: severities follow the outcome and the rules`, async (t) => {
    const { port, syslog } = await startRouting(t, 'router', {
      frontend: [
        ...engineStatements(engine),
        'option log-separate-errors',
        'http-request set-log-level silent if { path /silent }',
        'http-request set-log-level debug if { path /debug }',
        'http-request return status 200 if { path_beg /silent /debug /fine }',
      ],
    });
    for (const path of ['/silent', '/fine', '/debug', '/dead']) {
      const client = await openRaw(t, port);
      client.send(get(path));
      await client.rest();
    }
    const lines = await until('three log lines', () => (syslog.datagrams.length >= 3 ? syslog.datagrams : undefined));
    const local1 = 17 * 8;
    assert.deepEqual(
      lines.map((line) => [Number(/^<(\d+)>/.exec(line)?.[1]) - local1, /"GET (\S+)/.exec(line)?.[1]]),
      [
        [6, '/fine'],
        [7, '/debug'],
        [3, '/dead'],
      ],
    );
  });

  test(`engine ${engine}: bytes of a request are those of its head and its body, and none in an early line`, async (t) => {
    const origin = await Origin.listen(t);
    const asked = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nConnection: close\r\n\r\nabcdef';
    for (const early of [false, true]) {
      const { port, syslog } = await startRouting(t, 'router', {
        frontend: [...engineStatements(engine), ...(early ? ['option logasap'] : []), 'log-format "%U bytes for %B"'],
        backend: [`server s 127.0.0.1:${origin.port}`],
      });
      const client = await openRaw(t, port);
      client.send(asked);
      const answer = await client.rest();
      const line = await syslog.message(/ bytes for /);
      const [, received, sent] = /(\d+) bytes for \+?(\d+)/.exec(line) ?? [];
      // As HAProxy writes it before the end.
      assert.equal(Number(received), early ? 0 : asked.length, line);
      if (!early) assert.equal(Number(sent), answer.length, line);
    }
  });

  test(`engine ${engine}: probes end without a response or a log line`, async (t) => {
    const { port, syslog } = await startRouting(t, 'router', {
      frontend: [...engineStatements(engine), 'option http-ignore-probes', 'timeout http-request 300ms'],
    });
    const probe = await openRaw(t, port);
    assert.equal(await probe.rest(), '');
    const begun = await openRaw(t, port);
    begun.send('GET /');
    assert.match(await begun.rest(), /^HTTP\/1\.1 408 /);
    const line = await syslog.message(/<BADREQ>/);
    assert.match(line, / 408 /);
    assert.equal(syslog.messages().length, 1);
  });

  test(`engine ${engine}: a server is not asked to close with http-pretend-keepalive`, async (t) => {
    const origin = await Origin.listen(t);
    const { port } = await startRouting(t, 'router', {
      frontend: [...engineStatements(engine), 'option http-server-close', 'use_backend pretend if { path /pretend }'],
      backend: [`server s 127.0.0.1:${origin.port}`],
      backends: { pretend: ['option http-pretend-keepalive', `server s 127.0.0.1:${origin.port}`] },
    });
    for (const path of ['/pretend', '/plain']) {
      const client = await openRaw(t, port);
      client.send(get(path));
      await client.rest();
    }
    assert.doesNotMatch(origin.to('/pretend')[0]?.head ?? 'connection: close', /connection: close/i);
    assert.match(origin.to('/plain')[0]?.head ?? '', /connection: close/i);
  });
}
