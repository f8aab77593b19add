import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import test from 'node:test';
import { listen } from '../../../../test/support/tcp.ts';
import { startService, tcp } from './fixtures/service.ts';

test('16 connections that read and write slowly, through one memory, each get their own bytes', async (t) => {
  const { port } = await listen(t, (socket) => {
    socket.pipe(socket);
  });
  const { connect } = await startService(t, { connects: [tcp(port)] });
  await Promise.all(
    Array.from({ length: 16 }, async (_, index) => {
      const client = await connect();
      const sent = randomBytes(2 * 1024 * 1024);
      const chunks: Buffer[] = [];
      client.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if (chunks.length % (index + 1) !== 0) return;
        client.pause();
        setImmediate(() => client.resume());
      });
      client.end(sent);
      await once(client, 'end');
      assert.ok(Buffer.concat(chunks).equals(sent));
    }),
  );
});
