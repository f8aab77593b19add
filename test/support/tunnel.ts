import type { TestContext } from 'node:test';
import { openRaw } from './raw.ts';
import type { RawServer, RawSocket } from './raw.ts';

export interface Tunnel {
  readonly client: RawSocket;
  readonly server: RawSocket;
}

/** Opens a WebSocket-like tunnel through a router: both ends are raw sockets, and nothing else touches the bytes. */
export async function openTunnel(t: TestContext, port: number, server: RawServer): Promise<Tunnel> {
  const client = await openRaw(t, port);
  client.send(
    'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  const end = await server.next();
  await end.expect('\r\n\r\n');
  end.send(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
  );
  await client.expect(/^HTTP\/1\.1 101 [^]*\r\n\r\n/);
  return { client, server: end };
}
