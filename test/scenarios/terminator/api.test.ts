import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { ConfigurationError, createTerminator, type Terminator } from '@headgate/tls-terminator';
import { makeCertificates } from '../../support/certificates.ts';

const quiet = { log: () => undefined };

test('a terminator of an object takes TLS off, and a session goes on while the configuration changes', async (t) => {
  const { keyAndCertFile: cert, ca } = makeCertificates(t);
  const [old, next] = [await named(t, 'old'), await named(t, 'new')];
  const site = (port: number): object => ({
    services: { web: { accept: '127.0.0.1:0', connect: `127.0.0.1:${port}`, cert } },
  });
  const terminator = await createTerminator({ config: { ...site(old) }, logger: quiet });
  t.after(() => terminator.close({ within: 0 }));
  await terminator.listen();
  const first = await session(t, terminator, ca);
  assert.equal(await said(first, 'a'), 'old: a');
  await terminator.apply({ ...site(next) });
  assert.equal(await said(await session(t, terminator, ca), 'b'), 'new: b');
  assert.equal(await said(first, 'c'), 'old: c');
});

test('a stunnel.conf may be given as text, and its problems are reported with their position', async () => {
  const config = '[web]\naccept = 127.0.0.1:0\nconect = 127.0.0.1:1\n';
  await assert.rejects(createTerminator({ config, logger: quiet }), (error) => {
    assert.ok(error instanceof ConfigurationError);
    assert.match(error.message, /^configuration:3:1: .*conect.*did you mean 'connect'\?$/m);
    return true;
  });
});

/** A server that says its name in front of what it is told. */
async function named(t: TestContext, name: string): Promise<number> {
  const server = createServer((socket) => {
    t.after(() => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => socket.write(`${name}: ${bytes.toString()}`));
  });
  t.after(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function session(t: TestContext, { addresses }: Terminator, ca: string): Promise<TLSSocket> {
  const port = Number(addresses[0]?.split(':').at(-1));
  const socket = connect({ host: '127.0.0.1', port, ca, checkServerIdentity: () => undefined });
  t.after(() => socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

async function said(socket: TLSSocket, text: string): Promise<string> {
  socket.write(text);
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return bytes.toString();
}
