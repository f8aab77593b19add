/** Lines of `log-format`, beside HAProxy's: what differs from run to run (ports, times, how many connections) is left out of the format. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { Origin } from '../../support/origin.ts';
import { freePort } from '../../support/ports.ts';
import { missing } from '../../support/programs.ts';
import type { Router } from '../../support/programs.ts';
import { exchange } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { until } from '../../support/until.ts';

/** Each with something that is known at the end only: other lines HAProxy 2.6 writes twice. */
const FORMATS: readonly string[] = [
  '  %ci %f %ft %b/%s %ST   %ts %tsc %rc %sq/%bq %CC %CS %hr %hs %{+Q}r 100%% %HM %HU %HP %HQ %HV %HPO %{+Q}HQ %{+E}HQ %{+E}HP %{+Q}HU %hrl %hsl.',
  '%{+Q}o %ci %b %HQ %[src] %[var(txn.a)] %[var(txn.none)] %[var(txn.a),upper,length] %[int(5),add(2)] %ST',
  '%{+X}o %ci %[src] %ST',
  '{"path":"%{+E}[var(txn.a)]","status":%ST,"agent":%{+Q,+E}[var(txn.a)]}',
];

const REQUESTS: readonly string[] = [
  'GET /plain?a=b HTTP/1.1\r\nHost: a\r\nCookie: sid=0\r\nX-A: it"s\\here\r\nConnection: close\r\n\r\n',
  'POST /body HTTP/1.1\r\nHost: a\r\nX-A: \r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi',
  'GET /q"uote#?a="b"\\]c HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'GET /old HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'GET /back HTTP/1.1\r\nHost: a\r\nCookie: sid=none\r\nConnection: close\r\n\r\n',
  'GET /secret HTTP/1.1\r\nHost: a\r\nCookie: b=1; sid=denied-here\r\nX-A: ]\r\nConnection: close\r\n\r\n',
  'GET /dead HTTP/1.1\r\nHost: a\r\nCookie: sid=1\r\nConnection: close\r\n\r\n',
  'GET / HTTP/1.1\r\nBad Name: x\r\n\r\n',
];

async function linesOf(t: TestContext, router: Router, format: string): Promise<readonly string[]> {
  const origin = await Origin.listen(t);
  const { port, syslog } = await startRouting(t, router, {
    frontend: [
      `log-format '${format}'`,
      'http-request set-var(txn.a) req.hdr(x-a)',
      'capture cookie sid= len 9',
      'http-request set-header Cookie sid=%[path] if { path /plain }',
      'http-request redirect location /x if { path /back }',
      'http-request set-path /new if { path /old }',
      'http-request deny if { path /secret }',
      'use_backend dead if { path /dead }',
    ],
    backend: [`server s 127.0.0.1:${origin.port}`],
    backends: { dead: ['retries 0', `server d 127.0.0.1:${await freePort()}`] },
  });
  const own = (): readonly string[] => syslog.messages().filter((line) => !/^(?:Proxy|Server|backend) /.test(line));
  const lines: string[] = [];
  for (const request of REQUESTS) {
    await exchange(t, port, request);
    lines.push(await until('a log line', () => own()[lines.length]));
  }
  return lines;
}

for (const format of FORMATS) {
  test(`log-format '${format}' gives HAProxy's lines`, { skip: missing('haproxy') }, async (t) => {
    assert.deepEqual(await linesOf(t, 'router', format), await linesOf(t, 'haproxy', format));
  });
}

/** HAProxy puts times in no quotes, whatever the flags say; the time itself differs from run to run. */
test('log-format leaves times out of quotes as HAProxy does', { skip: missing('haproxy') }, async (t) => {
  const format = '%{+Q}o %ci %t %T %tr %trg %trl %Tl %ms %Th %Ti %ST %b';
  const untimed = async (router: Router): Promise<readonly string[]> =>
    (await linesOf(t, router, format)).map((line) =>
      line.replaceAll(/\d+\/\w+\/\d+:[\d:.]+(?: [+-]\d+)?/g, 'TIME').replace(/TIME \d{3} \d+ \d+/, 'TIME MS 0 0'),
    );
  assert.deepEqual(await untimed('router'), await untimed('haproxy'));
});
