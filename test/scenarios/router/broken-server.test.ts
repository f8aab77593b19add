import assert from 'node:assert/strict';
import { request } from '../../support/client.ts';
import { RawServer } from '../../support/raw.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachRouter } from '../../support/scenario.ts';

const ANSWERS: Readonly<Record<string, readonly [bytes: string, state: string]>> = {
  'closes without a response': ['', 'SH'],
  'does not speak HTTP': ['hello\r\n\r\n', 'PH'],
  'sends a header without a name': ['HTTP/1.1 200 OK\r\n: x\r\n\r\n', 'PH'],
  'contradicts itself about the length': ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na', 'PH'],
  'sends more headers than fit': [`HTTP/1.1 200 OK\r\n${'X-Long: '.padEnd(1000, 'x')}\r\n`.padEnd(1).repeat(20), 'PH'],
};

forEachRouter('an invalid HTTP response from a server is a 502, and the log shows how it failed', async (t, router) => {
  let reply = '';
  const server = await RawServer.listen(t, ({ socket }) => socket.on('data', () => socket.end(reply, 'latin1')));
  const { url, syslog } = await startRouting(t, router, { backend: [`server one 127.0.0.1:${server.port}`] });
  for (const [index, [what, [bytes, state]]] of Object.entries(ANSWERS).entries()) {
    await t.test(`a server that ${what}: ${state}`, async () => {
      reply = bytes;
      const answer = await request(`${url}/${index}`);
      assert.equal(answer.status, 502);
      assert.match(answer.text, /502 Bad Gateway/);
      await syslog.message(new RegExp(`apps/one \\d+/0/\\d+/-1/\\d+ 502 \\d+ - - ${state}-- .*"GET /${index} `));
    });
  }
});
