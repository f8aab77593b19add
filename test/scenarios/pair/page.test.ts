import assert from 'node:assert/strict';
import { echoOf } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { startPair } from '../../support/pairing.ts';
import { forEachPair } from '../../support/scenario.ts';

forEachPair('a page of each application over TLS, chosen by the Host header', async (t, terminator, router) => {
  const { https, certificates, syslog } = await startPair(t, terminator, router);
  for (const app of ['maps', 'coltrane']) {
    const host = `dev-${app}01`;
    const answer = await request(`https://127.0.0.1:${https}/page?a=b`, {
      ca: certificates.ca,
      servername: host,
      headers: { Host: host },
    });
    assert.equal(answer.status, 200);
    const echo = echoOf(answer);
    assert.equal(echo.app, app);
    assert.equal(echo.url, '/page?a=b');
    assert.equal(echo.headers['host'], host);
    await syslog.message(
      new RegExp(` all ${app}_http_backend/${app}_http_server .* 200 .*"GET /page\\?a=b HTTP/1.1"$`),
    );
  }
  const unknown = await request(`https://127.0.0.1:${https}/`, {
    ca: certificates.ca,
    servername: 'localhost',
    headers: { Host: 'other' },
  });
  assert.equal(unknown.status, 503);
});
