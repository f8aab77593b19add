import assert from 'node:assert/strict';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { startApp } from '../../support/apps.ts';
import { freePort } from '../../support/ports.ts';
import { ROUTERS, missing } from '../../support/programs.ts';
import type { Router } from '../../support/programs.ts';
import { openRaw } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { until } from '../../support/until.ts';

/** What successive clients send; each connection is closed by the router. */
const CONVERSATIONS = [
  'GET /plain?a=b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'POST /with-body HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello',
  'GET /204 HTTP/1.0\r\n\r\n',
  'HEAD /head HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'GET /old/page?x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'GET /secret HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'GET /nobody HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'GET /dead HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'GET / HTTP/1.1\r\nBad Name: x\r\n\r\n',
  'GET /strange"quote{and}#hash HTTP/1.1\r\n\r\n',
];

/**
 * The access log lines with run-specific parts removed: ports, times, timers that were reached, byte counts, and
 * the number of open connections (the router counts one it has closed until its client closes it too).
 */
async function accessLines(t: TestContext, router: Router): Promise<readonly string[]> {
  const app = await startApp(t);
  const { port, syslog } = await startRouting(t, router, {
    frontend: [
      'http-request deny if { path_beg /secret }',
      'redirect prefix https://new if { path_beg /old }',
      'use_backend nobody if { path_beg /nobody }',
      'use_backend dead if { path_beg /dead }',
    ],
    backend: [`server one 127.0.0.1:${app.port}`],
    backends: { nobody: [], dead: ['retries 0', `server gone 127.0.0.1:${await freePort()}`] },
  });
  for (const bytes of CONVERSATIONS) {
    const before = syslog.messages().length;
    const client = await openRaw(t, port);
    client.send(bytes);
    await client.rest();
    client.end();
    const lines = bytes.split('HTTP/1.').length - 1;
    await until(`${lines} lines for ${bytes}`, () => syslog.messages().length === before + lines);
  }
  return syslog.messages().map((line) =>
    line
      .replace(/^127\.0\.0\.1:\d+ \[[^\]]+\]/, 'CLIENT [DATE]')
      .replace(
        / (-?\d+(?:\/-?\d+){4}) (-?\d+) \d+ /,
        (_, timers: string, status: string) => ` ${timers.replaceAll(/(?<!-)\b\d+/g, 'T')} ${status} BYTES `,
      )
      .replace(/ \d+\/\d+(\/\d+\/\d+\/\+?\d+ \d+\/\d+ ")/, ' OPEN/OPEN$1'),
  );
}

test(
  'the router writes the same access log lines as HAProxy',
  { skip: missing('haproxy'), timeout: 300_000 },
  async (t) => {
    const [theirs = [], ours = []] = await Promise.all(ROUTERS.map((router) => accessLines(t, router)));
    assert.deepEqual(ours, theirs);
  },
);
