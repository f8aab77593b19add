import assert from 'node:assert/strict';
import { constants } from 'node:crypto';
import test from 'node:test';
import type { TLSSocket } from 'node:tls';
import { listen } from '../../../../test/support/tcp.ts';
import { readBytes, startService, tcp } from './fixtures/service.ts';

const tls12 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;

function renegotiate(client: TLSSocket): Promise<Error | null> {
  return new Promise((resolve) => {
    client.once('error', resolve);
    // A reset in a handshake is read as an end where a write has met it first.
    client.once('end', () => resolve(new Error('ended')));
    client.renegotiate({ rejectUnauthorized: false }, resolve);
  });
}

test('a client that starts the handshake anew is refused, and only its own session ends', async (t) => {
  const { port } = await listen(t, (socket) => socket.on('data', (chunk: Buffer) => socket.write(chunk)));
  const { connect } = await startService(t, {
    connects: [tcp(port)],
    tlsOptions: { secureOptions: constants.SSL_OP_NO_RENEGOTIATION },
  });
  const other = await connect(tls12);
  assert.match(String(await renegotiate(await connect(tls12))), /no renegotiation/i);
  other.write('still here');
  assert.equal((await readBytes(other, 10)).toString(), 'still here');
});

test('where renegotiation is allowed data goes on, and too much of it ends the session and nothing else', async (t) => {
  const { port } = await listen(t, (socket) => socket.on('data', (chunk: Buffer) => socket.write(chunk)));
  const { connect, lines } = await startService(t, { connects: [tcp(port)] });
  const [client, other] = [await connect(tls12), await connect(tls12)];
  assert.equal(await renegotiate(client), null);
  client.write('anew');
  assert.equal((await readBytes(client, 4)).toString(), 'anew');
  client.resume();
  while ((await renegotiate(client)) === null);
  await lines.find('CLIENT_RESET');
  other.write('still here');
  assert.equal((await readBytes(other, 10)).toString(), 'still here');
});
