import assert from 'node:assert/strict';
import { request } from '../../support/client.ts';
import { startAttacked } from '../../support/attacked.ts';
import { forEachEngine } from '../../support/scenario.ts';

const HALVES: Readonly<Record<string, string>> = {
  'a body with a length': 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf',
  'a chunked body': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n',
};

forEachEngine('a server that dies in the middle of a body never looks like a clean end', async (t, engine) => {
  let reply = '';
  const { url, server } = await startAttacked(t, engine, ({ socket }) =>
    socket.once('data', () => socket.write(reply)),
  );
  for (const [what, bytes] of Object.entries(HALVES)) {
    for (const ending of ['end', 'reset'] as const) {
      await t.test(`${what}, ${ending}`, async () => {
        reply = bytes;
        const answer = request(`${url}/x`);
        const connection = await server.next();
        await connection.expect('\r\n\r\n');
        connection[ending]();
        const outcome = await answer.then(
          ({ complete, status }) => ({ complete, status }),
          () => ({ complete: false, status: 0 }),
        );
        assert.equal(outcome.complete && outcome.status === 200, false, 'a cut 200 must not look complete');
      });
    }
  }
});
