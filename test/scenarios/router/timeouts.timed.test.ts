import assert from 'node:assert/strict';
import { startApp } from '../../support/apps.ts';
import { request } from '../../support/client.ts';
import { RawServer, openRaw } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';

for (const timeout of ['timeout client 150ms', 'timeout http-request 150ms']) {
  forEachRouter(`an unfinished request is answered 408 and logged cR (${timeout})`, async (t, router) => {
    const app = await startApp(t);
    const { port, syslog } = await startRouting(t, router, {
      frontend: [timeout],
      backend: [`server one 127.0.0.1:${app.port}`],
    });
    const slow = await openRaw(t, port);
    slow.send('GET / HTTP/1.1\r\nHost: a\r\nX-Half: ');
    const answer = await slow.rest();
    assert.match(
      answer,
      /^HTTP\/1\.1 408 Request Time-out\r\nContent-length: 110\r\nCache-Control: no-cache\r\nConnection: close\r\n/,
    );
    await syslog.message(/front front\/<NOSRV> -1\/-1\/-1\/-1\/\d+ 408 \d+ - - cR-- \d\/\d\/0\/0\/0 0\/0 "<BADREQ>"/);
    assert.equal(app.connectionsEver(), 0);
  });
}

forEachRouter('a client that sends one byte at a time does not outlive timeout http-request', async (t, router) => {
  const app = await startApp(t);
  const { port } = await startRouting(t, router, {
    frontend: ['timeout http-request 300ms'],
    backend: [`server one 127.0.0.1:${app.port}`],
  });
  const slow = await openRaw(t, port);
  slow.send('GET / HTTP/1.1\r\nX: ');
  const drip = setInterval(() => slow.socket.writable && slow.send('x'), 20);
  t.after(() => clearInterval(drip));
  assert.match(await slow.rest(), /^HTTP\/1\.1 408 /);
});

forEachRouter('an idle keep-alive connection is closed silently after timeout http-keep-alive', async (t, router) => {
  const app = await startApp(t);
  const { port } = await startRouting(t, router, {
    frontend: ['timeout http-keep-alive 150ms'],
    backend: [`server one 127.0.0.1:${app.port}`],
  });
  const idle = await openRaw(t, port);
  idle.send('GET /204 HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.match(await idle.rest(), /^HTTP\/1\.1 204 [^]*\r\n\r\n$/);
});

forEachRouter('a server that never responds is abandoned after timeout server: 504 and sH', async (t, router) => {
  const silent = await RawServer.listen(t);
  const { url, syslog } = await startRouting(t, router, {
    backend: ['timeout server 150ms', `server one 127.0.0.1:${silent.port}`],
  });
  const answer = await request(`${url}/x`);
  assert.equal(answer.status, 504);
  assert.match(answer.text, /504 Gateway Time-out/);
  await syslog.message(/apps\/one \d+\/0\/\d+\/-1\/\d+ 504 \d+ - - sH-- .*"GET \/x/);
  assert.equal(await (await silent.next()).ended().then(() => 'closed'), 'closed');
});

forEachRouter('a server that stops in the middle of a body is cut off, and so is the client: sD', async (t, router) => {
  const stalls = await RawServer.listen(t, (connection) =>
    connection.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'),
  );
  const { port, syslog } = await startRouting(t, router, {
    backend: ['timeout server 150ms', `server one 127.0.0.1:${stalls.port}`],
  });
  const client = await openRaw(t, port);
  client.send('GET /x HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.match(await client.rest(), /\r\n\r\nhalf$/);
  await syslog.message(/apps\/one .* 200 \d+ - - sD-- /);
});
