import assert from 'node:assert/strict';
import { request } from '../../support/client.ts';
import { OK, startAttacked } from '../../support/attacked.ts';
import { forEachEngine } from '../../support/scenario.ts';

const ANSWERS: Readonly<Record<string, string>> = {
  'the status 099': 'HTTP/1.1 099 What\r\nContent-Length: 0\r\n\r\n',
  'the status 1000': 'HTTP/1.1 1000 What\r\nContent-Length: 0\r\n\r\n',
  'a header name with a blank': 'HTTP/1.1 200 OK\r\nBad Name: x\r\nContent-Length: 0\r\n\r\n',
  'a NUL in a header': 'HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n',
  'two lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
  'nothing like HTTP': 'SSH-2.0-OpenSSH_9.2\r\n\r\n',
};

forEachEngine('a response that cannot be forwarded is a 502, and the next request is served', async (t, engine) => {
  let reply = OK;
  const { url, process } = await startAttacked(t, engine, ({ socket }) =>
    socket.on('data', () => socket.write(reply, 'latin1')),
  );
  for (const [what, bytes] of Object.entries(ANSWERS)) {
    await t.test(what, async () => {
      reply = bytes;
      assert.equal((await request(`${url}/bad`)).status, 502);
      reply = OK;
      assert.equal((await request(`${url}/good`)).status, 200);
      assert.ok(process.running);
    });
  }
});
