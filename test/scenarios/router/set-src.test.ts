/** Rules that give a connection or a request other addresses: what later rules, headers and the log see, compared with HAProxy. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { ENGINES, engineStatements } from '../../support/engines.ts';
import { Origin } from '../../support/origin.ts';
import { missing } from '../../support/programs.ts';
import type { Router } from '../../support/programs.ts';
import { openRaw } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { until } from '../../support/until.ts';

const shown =
  '<%[src] %[dst] %[dst_port] %[fc_src] %[fc_dst] %[var(sess.a)] %[var(sess.b)] %[var(sess.c)] %[sc_http_req_cnt(0)]>';

async function seen(t: TestContext, router: Router, lines: readonly string[]): Promise<readonly string[]> {
  const origin = await Origin.listen(t);
  const { port, syslog } = await startRouting(t, router, {
    frontend: [
      ...lines,
      'option forwardfor',
      'stick-table type ip size 10 store http_req_cnt',
      'tcp-request connection set-var(sess.a) str(kept)',
      'tcp-request connection set-src src,ipmask(24)',
      'tcp-request connection set-dst ipv4(10.1.2.3)',
      'tcp-request session set-dst-port int(8443)',
      'tcp-request session set-src ipv4(10.9.9.9)',
      'tcp-request session set-dst ipv4(10.8.8.8)',
      'tcp-request session set-var(sess.b) fc_src',
      'tcp-request session set-var(sess.c) src',
      'tcp-request session track-sc0 src',
      'http-request set-src hdr(X-Real-Ip)',
      `http-request return status 200 content-type text/plain lf-string "${shown}" unless { path /on }`,
    ],
    backend: [`server s 127.0.0.1:${origin.port}`],
  });
  const client = await openRaw(t, port, '127.0.0.7');
  const answers: string[] = [];
  for (const [index, real] of ['203.0.113.9', '', 'nonsense', '203.0.113.10'].entries()) {
    client.send(`GET / HTTP/1.1\r\nHost: a\r\n${real === '' ? '' : `X-Real-Ip: ${real}\r\n`}\r\n`);
    answers.push(await until('the answer', () => client.text.match(/<[^>]*>/g)?.[index]));
  }
  client.send('GET /on HTTP/1.1\r\nHost: a\r\nX-Real-Ip: 203.0.113.11\r\n\r\n');
  const request = await origin.head('/on');
  const forwarded = /x-forwarded-for: (.*)\r/i.exec(request.head)?.[1] ?? '';
  const line = await until('the line', () => syslog.messages().find((one) => one.includes('/on')));
  return [...answers, forwarded, / (\S+):\d+ \[/.exec(line)?.[1] ?? ''];
}

for (const engine of ENGINES)
  test(`${engine}: set-src and set-dst mean what they mean in HAProxy`, { skip: missing('haproxy') }, async (t) => {
    const [theirs, ours] = await Promise.all([seen(t, 'haproxy', []), seen(t, 'router', engineStatements(engine))]);
    assert.deepEqual(ours, theirs);
  });

/** What a server learns from PROXY headers of three requests on one connection. */
async function introduced(t: TestContext, router: Router, lines: readonly string[]): Promise<readonly string[]> {
  const last = await startRouting(t, router, {
    bind: 'accept-proxy',
    frontend: [
      ...lines,
      'http-request return status 200 content-type text/plain lf-string "<%[src] %[dst]>" hdr x-none "%[hdr(x-none)]"',
    ],
    backend: [],
  });
  const { port } = await startRouting(t, router, {
    frontend: [...lines, 'http-request set-src hdr(X-Real-Ip)', 'http-request set-dst ipv4(10.0.0.9)'],
    backend: [`server s 127.0.0.1:${last.port} send-proxy`],
  });
  const client = await openRaw(t, port, '127.0.0.7');
  const answers: string[] = [];
  for (const [index, real] of ['203.0.113.9', '203.0.113.10', '203.0.113.10'].entries()) {
    client.send(`GET / HTTP/1.1\r\nHost: a\r\nX-Real-Ip: ${real}\r\n\r\n`);
    answers.push(await until('the answer', () => client.text.match(/<[^>]*>/g)?.[index]));
  }
  assert.doesNotMatch(client.text, /x-none/i);
  return answers;
}

for (const engine of ENGINES)
  test(`${engine}: a PROXY header has the address that a rule gave`, { skip: missing('haproxy') }, async (t) => {
    const [theirs, ours] = await Promise.all([
      introduced(t, 'haproxy', []),
      introduced(t, 'router', engineStatements(engine)),
    ]);
    assert.deepEqual(ours, theirs);
    assert.deepEqual(ours, ['<203.0.113.9 10.0.0.9>', '<203.0.113.10 10.0.0.9>', '<203.0.113.10 10.0.0.9>']);
  });
