import { once } from 'node:events';
import { createServer } from 'node:net';
import { connect } from 'node:tls';
import { portOf } from './raw.ts';

/** What Node's own TLS client begins with when it asks for this server name. */
export async function clientHello(servername: string): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({ port: portOf(server.address()), host: '127.0.0.1', servername });
  client.on('error', () => {});
  const [socket] = await once(server, 'connection');
  const [bytes] = await once(socket, 'data');
  client.destroy();
  socket.destroy();
  server.close();
  return bytes as Buffer;
}
