import assert from 'node:assert/strict';
import { requestLines, startAttacked } from '../../support/attacked.ts';
import { openRaw } from '../../support/raw.ts';
import { forEachEngine } from '../../support/scenario.ts';

const INNER = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';
const CHUNKED = `${INNER.length.toString(16)}\r\n${INNER}\r\n0\r\n\r\n`;

/** Bodies that contain a request. The server must see one request with that body, or it is refused. */
const CARRIED: Readonly<Record<string, string>> = Object.fromEntries(
  ['DELETE', 'OPTIONS', 'GET', 'POST', 'REPORT'].map((method) => [
    `a chunked ${method}`,
    `${method} /first HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKED}`,
  ]),
);

/** Requests that two parsers may read differently are answered 400 and never reach a server. */
const REFUSED: Readonly<Record<string, string>> = {
  'Content-Length with Transfer-Encoding': `POST /first HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKED}`,
  'two lengths': `POST /first HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: ${INNER.length}\r\n\r\n${INNER}`,
  'a signed length': `POST /first HTTP/1.1\r\nHost: a\r\nContent-Length: +${INNER.length}\r\n\r\n${INNER}`,
  'chunked twice': `POST /first HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n${CHUNKED}`,
  'chunked not last': `POST /first HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n${CHUNKED}`,
  'a coding that only looks like chunked': `POST /first HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n${CHUNKED}`,
  'a blank before the colon': `POST /first HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n${CHUNKED}`,
  'a folded header': `POST /first HTTP/1.1\r\nHost: a\r\nX: y\r\n Transfer-Encoding: chunked\r\n\r\n${INNER}`,
  'a bare carriage return': `POST /first HTTP/1.1\r\nHost: a\r\nX: y\rTransfer-Encoding: chunked\r\n\r\n${CHUNKED}`,
  'a NUL in a value': `POST /first HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n`,
  'two hosts': `GET /first HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`,
};

forEachEngine('a chunked request with a request in its body is one request, for every method', async (t, engine) => {
  const { port, server } = await startAttacked(t, engine);
  for (const [what, bytes] of Object.entries(CARRIED)) {
    await t.test(what, async (sub) => {
      const client = await openRaw(sub, port);
      client.send(bytes);
      await client.expect(/^HTTP\/1\.1 \d{3} /);
      client.send('GET /second HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      await client.ended();
      assert.equal(
        requestLines(server).some((line) => line.includes('/smuggled')),
        false,
        'the inner request is only ever a body',
      );
      assert.ok(client.text.split('HTTP/1.1 ').length - 1 <= 2, 'two requests, two responses');
    });
  }
});

forEachEngine(
  'ambiguous requests are refused with 400 and a closed connection, and reach no server',
  async (t, engine) => {
    const { port, server } = await startAttacked(t, engine);
    for (const [what, bytes] of Object.entries(REFUSED)) {
      await t.test(what, async (sub) => {
        const client = await openRaw(sub, port);
        client.send(bytes);
        const answer = await client.rest();
        assert.match(answer, /^HTTP\/1\.1 400 /);
        assert.equal(answer.split('HTTP/1.1 ').length - 1, 1);
        assert.deepEqual(requestLines(server), []);
      });
    }
  },
);
