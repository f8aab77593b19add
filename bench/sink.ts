import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** Takes datagrams on a loopback port and forgets them: where access logs go. Returns the port. */
export async function startSink(): Promise<number> {
  const socket = createSocket('udp4');
  socket.on('message', () => {});
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.unref();
  return socket.address().port;
}
