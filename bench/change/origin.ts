import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/** Applications to reload in front of: pages, and WebSockets that repeat what they get. */
export interface Application {
  readonly port: number;
  close(): Promise<void>;
}

export async function startApplication(): Promise<Application> {
  const server: Server = createServer({ keepAliveTimeout: 600_000 }, (_request, response) => response.end('page'));
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => socket.send(data.toString()));
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1', 4096);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
