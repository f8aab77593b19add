import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import test from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import { dial, listen } from '../../../../test/support/tcp.ts';
import { ca, readAll, startService, tcp } from './fixtures/service.ts';

test('a client that resets right behind its first request is not taken for this machine, though its addresses are gone by then', async (t) => {
  const heard: string[] = [];
  const { port: behind } = await listen(t, (socket) =>
    socket.once('data', (chunk: Buffer) => heard.push(chunk.toString('latin1'))),
  );
  const { port, lines, running } = await startService(t, { connects: [tcp(behind)], proxyProtocol: 1 });
  const raw = await dial(t, { port: port });
  const { localPort } = raw;
  const held: Buffer[] = [];
  const client = tlsConnect({ socket: holding(raw, held), ca, servername: 'localhost' });
  client.on('error', () => {});
  await once(client, 'secureConnect');
  await new Promise((resolve) => client.write('GET / HTTP/1.1\r\n\r\n', resolve));
  // All three before the service, in this same thread, reads: its addresses are gone when the handshake is done.
  raw.write(Buffer.concat(held));
  raw.resetAndDestroy();
  await lines.find(/failed|accepted/);
  await running.drain();
  const named = `PROXY TCP4 127.0.0.1 127.0.0.1 ${localPort} ${port}\r\n`;
  assert.deepEqual(
    heard.map((text) => text.slice(0, named.length)),
    [named],
  );
  for (const { message } of lines.list) assert.doesNotMatch(message, /unix socket/);
});

test('what is not TLS any more in the middle of a handshake is not answered in HTTP', async (t) => {
  const { port, lines } = await startService(t, { connects: [tcp(1)] });
  const raw = await dial(t, { port: port });
  const client = tlsConnect({ socket: holding(raw, []), ca, servername: 'localhost', maxVersion: 'TLSv1.2' });
  client.on('error', () => {});
  await once(raw, 'data');
  const rest = readAll(raw);
  raw.write(Buffer.from('1609090001ff', 'hex'));
  assert.doesNotMatch((await rest).toString('latin1'), /HTTP/);
  await lines.find('ERR_SSL_WRONG_VERSION_NUMBER');
});

/** Passes the first write on and keeps the others. */
function holding(socket: Socket, held: Buffer[]): Duplex {
  let hello = true;
  const duplex = new Duplex({
    read: () => socket.resume(),
    write(chunk: Buffer, _encoding, done) {
      if (hello) socket.write(chunk);
      else held.push(chunk);
      hello = false;
      done();
    },
  });
  socket.on('data', (chunk) => duplex.push(chunk) || socket.pause());
  return duplex;
}
