import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect } from 'node:tls';
import type { SecureVersion } from 'node:tls';
import { startApp } from '../../support/apps.ts';
import { onCleanup } from '../../support/cleanup.ts';
import { request } from '../../support/client.ts';
import { RawServer, openRaw } from '../../support/raw.ts';
import { forEachTerminator } from '../../support/scenario.ts';
import { startTerminating } from '../../support/terminating.ts';
import { settled } from '../../support/until.ts';

forEachTerminator('bytes pass unchanged both ways, and half-closes are forwarded', async (t, terminator) => {
  const server = await RawServer.listen(t);
  const { port, certificates } = await startTerminating(t, terminator, { connect: server.port });
  const socket = connectTcp({ port, host: '127.0.0.1', allowHalfOpen: true });
  const client = connect({ socket, ca: certificates.ca, servername: 'localhost' });
  onCleanup(t, () => void client.destroy());
  await settled('the handshake', once(client, 'secureConnect'));
  client.end('\x00\xff\r\nup');
  const plain = await server.next();
  await plain.ended();
  assert.equal(plain.bytes.toString('utf8'), '\x00\xff\r\nup');
  plain.send('down');
  plain.end();
  let received = '';
  client.setEncoding('utf8').on('data', (text: string) => (received += text));
  await settled('the end', once(client, 'end'));
  assert.equal(received, 'down');
});

for (const version of ['TLSv1.2', 'TLSv1.3'] satisfies SecureVersion[]) {
  forEachTerminator(`${version} is supported`, async (t, terminator) => {
    const app = await startApp(t);
    const { port, certificates } = await startTerminating(t, terminator, { connect: app.port });
    const client = connect({
      port,
      host: '127.0.0.1',
      ca: certificates.ca,
      servername: 'localhost',
      minVersion: version,
      maxVersion: version,
    });
    onCleanup(t, () => void client.destroy());
    await settled('the handshake', once(client, 'secureConnect'));
    assert.equal(client.getProtocol(), version);
  });
}

forEachTerminator('TLS 1.1 is refused', async (t, terminator) => {
  const app = await startApp(t);
  const { port, certificates } = await startTerminating(t, terminator, { connect: app.port });
  const client = connect({
    port,
    host: '127.0.0.1',
    ca: certificates.ca,
    servername: 'localhost',
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  onCleanup(t, () => void client.destroy());
  await assert.rejects(settled('a refusal', once(client, 'secureConnect')));
  assert.equal(app.connectionsEver(), 0, 'a failed handshake never reaches the server');
});

forEachTerminator('garbage and a client that disconnects during the handshake do no harm', async (t, terminator) => {
  const app = await startApp(t);
  const { port, certificates, process } = await startTerminating(t, terminator, { connect: app.port });
  for (const bytes of ['\x16\x03\x01\x02\x00\x01', '\0'.repeat(1000), 'SSH-2.0-x\r\n']) {
    const client = await openRaw(t, port);
    client.send(bytes);
    client.reset();
  }
  const answer = await request(`https://127.0.0.1:${port}/after`, { ca: certificates.ca, servername: 'localhost' });
  assert.equal(answer.status, 200);
  assert.ok(process.running);
});
