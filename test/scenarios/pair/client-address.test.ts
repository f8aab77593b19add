import assert from 'node:assert/strict';
import { echoOf, startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachPair } from '../../support/scenario.ts';
import { startTerminating } from '../../support/terminating.ts';

/** The article's rule with the address the terminator has on this hop: `src` would be the client and redirect endlessly. */
const FRONTEND = [
  'tcp-request connection expect-proxy layer4 if { src 127.0.0.1 }',
  'acl local fc_src 127.0.0.1',
  'redirect prefix https://dev-maps01 if !local',
];

forEachPair(
  'with the PROXY protocol the application and the log see the client address, and there is no redirect loop',
  async (t, terminator, router) => {
    const app = await startApp(t);
    const routing = await startRouting(t, router, {
      frontend: FRONTEND,
      backend: ['option forwardfor', `server one 127.0.0.1:${app.port}`],
    });
    const protocol = terminator === 'terminator' ? 'proxy-v2' : 'proxy';
    const { port, certificates } = await startTerminating(t, terminator, {
      connect: routing.port,
      service: [`protocol = ${protocol}`],
    });
    for (const from of ['127.0.0.9', '127.0.0.1']) {
      const answer = await request(`https://127.0.0.1:${port}/who`, {
        from,
        ca: certificates.ca,
        headers: { 'X-Forwarded-For': '6.6.6.6' },
        servername: 'localhost',
      });
      assert.equal(answer.status, 200);
      assert.equal(String(echoOf(answer).headers['x-forwarded-for']).split(', ').at(-1), from);
      await routing.syslog.message(new RegExp(`^${from}:\\d+ .* 200 .*"GET /who HTTP/1.1"$`));
    }
    const plain = await request(`${routing.url}/who?x=y`, { from: '127.0.0.9' });
    assert.equal(plain.headers.location, 'https://dev-maps01/who?x=y');
  },
);
