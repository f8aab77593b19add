import assert from 'node:assert/strict';
import { requestLines, startAttacked } from '../../support/attacked.ts';
import { openRaw } from '../../support/raw.ts';
import { forEachEngine } from '../../support/scenario.ts';

const HEADS: Readonly<Record<string, string>> = {
  'one header above the limit for all': `X: ${'x'.repeat(20_000)}\r\n`,
  'many headers above the limit for all': 'X-Filler: 0123456789012345678901234567890123456789\r\n'.repeat(99).repeat(4),
  'more than a hundred headers': Array.from({ length: 120 }, (_, i) => `X-${i}: y\r\n`).join(''),
};

forEachEngine('a head beyond the limits is answered 400 (or 431) and reaches no server', async (t, engine) => {
  const { port, server } = await startAttacked(t, engine);
  for (const [what, headers] of Object.entries(HEADS)) {
    await t.test(what, async (sub) => {
      const client = await openRaw(sub, port);
      client.send(`GET / HTTP/1.1\r\nHost: a\r\n${headers}\r\n`);
      assert.match(await client.rest(), /^HTTP\/1\.1 (400|431) /);
      assert.deepEqual(requestLines(server), []);
    });
  }
});

forEachEngine('a head that arrives byte by byte is the same head', async (t, engine) => {
  const { port, server } = await startAttacked(t, engine);
  const client = await openRaw(t, port);
  await client.trickle(
    'POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  );
  assert.match(await client.rest(), /^HTTP\/1\.1 200 /);
  assert.deepEqual(requestLines(server), ['POST /slow HTTP/1.1']);
});

forEachEngine('pipelined requests are answered in order', async (t, engine) => {
  const { port, server } = await startAttacked(t, engine);
  const client = await openRaw(t, port);
  client.send(
    [1, 2, 3].map((n) => `GET /${n} HTTP/1.1\r\nHost: a\r\n${n === 3 ? 'Connection: close\r\n' : ''}\r\n`).join(''),
  );
  assert.equal((await client.rest()).match(/HTTP\/1\.1 200 /g)?.length, 3);
  assert.deepEqual(requestLines(server), ['GET /1 HTTP/1.1', 'GET /2 HTTP/1.1', 'GET /3 HTTP/1.1']);
});
