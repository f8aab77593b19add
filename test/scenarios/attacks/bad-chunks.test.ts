import assert from 'node:assert/strict';
import { startAttacked } from '../../support/attacked.ts';
import { openRaw } from '../../support/raw.ts';
import { forEachEngine } from '../../support/scenario.ts';
import { until } from '../../support/until.ts';

const BODIES: Readonly<Record<string, string>> = {
  'a size that is not hexadecimal': 'zz\r\nhello\r\n0\r\n\r\n',
  'a signed size': '-5\r\nhello\r\n0\r\n\r\n',
  'a size with 0x': '0x5\r\nhello\r\n0\r\n\r\n',
  'a size too large for any number': 'fffffffffffffffff\r\nhello',
  'a chunk longer than its size': '2\r\nhello\r\n0\r\n\r\n',
  'line endings without carriage return': '5\nhello\n0\n\n',
};

forEachEngine(
  'a malformed chunked body is rejected, and the server never sees a complete request',
  async (t, engine) => {
    const { port, server, process } = await startAttacked(t, engine, () => {});
    for (const [what, body] of Object.entries(BODIES)) {
      await t.test(what, async (sub) => {
        const client = await openRaw(sub, port);
        client.send(
          `POST /first HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${body}GET /second HTTP/1.1\r\nHost: a\r\n\r\n`,
        );
        assert.match(await client.rest(), /^(HTTP\/1\.1 400 [^]*)?$/);
        await until('the server connections to end', () => server.open() === 0);
        assert.doesNotMatch(server.text, /\r\n0\r\n\r\n/);
        assert.doesNotMatch(server.text, /GET \/second/);
        assert.ok(process.running);
      });
    }
  },
);
