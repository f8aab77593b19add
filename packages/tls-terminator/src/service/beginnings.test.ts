import assert from 'node:assert/strict';
import test from 'node:test';
import { beginnings, replyTo } from '../../../../test/support/hellos.ts';
import { listen } from '../../../../test/support/tcp.ts';
import { startService, tcp } from './fixtures/service.ts';

for (const ja4 of [false, true])
  test(`strange ClientHellos get the alert that they deserve (read before OpenSSL reads them: ${String(ja4)})`, async (t) => {
    let served = 0;
    const { port: behind } = await listen(t, () => (served += 1));
    const { port, lines } = await startService(t, { connects: [tcp(behind)], ja4 });
    const replies = Object.entries(beginnings).map(async ([what, [, beginning]]) => [
      what,
      await replyTo(port, beginning),
    ]);
    const expected = Object.entries(beginnings).map(([what, [reply]]) => [what, reply]);
    assert.deepEqual(await Promise.all(replies), expected);
    assert.equal(served, 0);
    for (const { severity, message } of lines.list) assert.match(severity, /debug|info/, message);
  });
