/**
 * The two ends of plain connections in tests: Node's own sockets, which nothing has read from yet. raw.ts has sockets that
 * keep all they receive.
 */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { resetSocket } from '@headgate/shared/net/node/reset';
import { onCleanup } from './cleanup.ts';
import { settled } from './until.ts';

/** An address: a free port of 127.0.0.1 unless it says otherwise, or the path of a unix socket. */
export interface Place {
  readonly host?: string;
  readonly port?: number;
  readonly path?: string;
}

export interface Listening {
  readonly server: Server;
  /** 0 for a unix socket. */
  readonly port: number;
}

/** A server whose connections stay open half-closed. It and they end with the test; their errors are ignored. */
export async function listen(
  t: TestContext,
  onConnection: (socket: Socket) => void = () => {},
  { host = '127.0.0.1', port = 0, path }: Place = {},
): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  server.listen(path === undefined ? { host, port } : { path });
  await once(server, 'listening');
  onCleanup(t, () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  });
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

/** A connection, once it is established. It ends with the test; its errors are ignored. `from` is a local address. */
export async function dial(
  t: TestContext,
  { host = '127.0.0.1', port = 0, path }: Place,
  from?: string,
): Promise<Socket> {
  const to = path === undefined ? { host, port, ...(from !== undefined && { localAddress: from }) } : { path };
  const socket = connect({ ...to, allowHalfOpen: true, noDelay: true });
  socket.on('error', () => {});
  // A program that is stopped next need not wait for the answer to a client that may only have half-closed.
  onCleanup(t, () => resetSocket(socket));
  await settled(`a connection to ${path ?? `port ${port}`}`, once(socket, 'connect'));
  return socket;
}
