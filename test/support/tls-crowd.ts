import { once } from 'node:events';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import type { TestContext } from 'node:test';
import { onCleanup } from './cleanup.ts';
import { openRaw, RawServer } from './raw.ts';
import { settled, until } from './until.ts';

/** What clients that never finish a handshake do: nothing, a ClientHello and nothing more, or a ClientHello and a reset. */
export type Unfinished = 'silent' | 'half' | 'aborted';

/** `count` such clients, all of which have done their part when this resolves. */
export async function crowd(t: TestContext, port: number, kind: Unfinished, count: number): Promise<void> {
  const hello = kind === 'silent' ? undefined : await clientHello(t);
  const one = async (): Promise<void> => {
    const client = await openRaw(t, port);
    if (hello === undefined) return;
    client.send(hello);
    if (kind === 'half') return void (await client.expect('\x16'));
    client.reset();
  };
  await settled('the crowd', Promise.all(Array.from({ length: count }, one)));
}

/** What a client of this runtime sends first. */
async function clientHello(t: TestContext): Promise<Buffer> {
  const server = await RawServer.listen(t, () => {});
  const client = connect({ port: server.port, host: '127.0.0.1' });
  client.on('error', () => {});
  const bytes = await until('a ClientHello', () => server.connections.find(({ count }) => count > 0)?.bytes);
  client.destroy();
  return bytes;
}

/** Clients of TLS 1.2 that renegotiate as often as they may, at most `times`. */
export async function renegotiators(t: TestContext, port: number, count: number, times: number): Promise<void> {
  const one = async (): Promise<void> => {
    const client = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, maxVersion: 'TLSv1.2' });
    onCleanup(t, () => void client.destroy());
    client.on('error', () => {});
    await settled('a handshake', once(client, 'secureConnect'));
    for (let round = 0; round < times && (await renegotiates(client)); round += 1);
  };
  await Promise.all(Array.from({ length: count }, one));
}

function renegotiates(client: TLSSocket): Promise<boolean> {
  return new Promise((resolve) => {
    client.once('close', () => resolve(false));
    client.once('error', () => resolve(false));
    client.renegotiate({}, (error) => resolve(error === null));
  });
}
