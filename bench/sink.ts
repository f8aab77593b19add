import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** Receives and discards datagrams on a loopback port, for access logs. Returns the port. */
export async function startSink(): Promise<number> {
  const socket = createSocket('udp4');
  socket.on('message', () => {});
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.unref();
  return socket.address().port;
}
