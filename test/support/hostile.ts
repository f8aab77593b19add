/**
 * A separate thread that keeps a proxy busy, so that the test measures the proxy and not itself. It runs until
 * it is terminated.
 */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { TestContext } from 'node:test';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { onCleanup } from './cleanup.ts';
import { portOf } from './raw.ts';

/** The task of the thread. Strings are latin1. */
export type Hostility =
  /** `connections` clients that each say `first`, then `again` without end, and read and drop what they are answered, or read nothing. */
  | {
      readonly kind: 'clients';
      /** A unix socket is named by its path. */
      readonly port: number | string;
      readonly deaf?: boolean;
      readonly connections: number;
      readonly first: string;
      readonly again: string;
    }
  /** The same, byte by byte, each in its own packet. */
  | {
      readonly kind: 'trickle';
      readonly port: number;
      readonly connections: number;
      readonly first: string;
      readonly again: string;
    }
  /** A server that reads a head, sends `first`, then `again` endlessly. The thread reports its port. */
  | { readonly kind: 'server'; readonly first: string; readonly again: string };

/** Starts a thread; resolves with the port of a server, 0 for clients, once it is running. It ends with the test. */
export async function startHostile(t: TestContext, hostility: Hostility): Promise<number> {
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { hostility },
    execArgv: ['--conditions=x-src'],
  });
  onCleanup(t, () => worker.terminate().then(() => undefined));
  const [port] = await once(worker, 'message');
  return Number(port);
}

/** Writes `bytes` for as long as the other side accepts them. */
function pour(socket: Socket, bytes: Buffer): void {
  const more = (): void => {
    if (!socket.destroyed && socket.write(bytes)) setImmediate(more);
  };
  socket.on('drain', more);
  more();
}

async function open(port: number | string, connections: number, first: string, deaf = false): Promise<Socket[]> {
  const place = typeof port === 'string' ? { path: port } : { port, host: '127.0.0.1', noDelay: true };
  const sockets = Array.from({ length: connections }, () => connect(place));
  for (const socket of sockets) {
    socket.on('error', () => {});
    if (!deaf) socket.resume();
  }
  const connected = sockets.map((socket) => once(socket, 'connect'));
  // A unix socket whose queue is full refuses at once: those that are in are the attack.
  await (typeof port === 'string' ? Promise.allSettled(connected) : Promise.all(connected));
  for (const socket of sockets) if (first !== '') socket.write(first, 'latin1');
  return sockets;
}

async function run(hostility: Hostility, started: (port: number) => void): Promise<void> {
  const again = Buffer.from(hostility.again, 'latin1');
  if (hostility.kind === 'server') {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        socket.write(hostility.first, 'latin1');
        if (again.length > 0) pour(socket, again);
      });
    });
    server.listen(0, '127.0.0.1', () => started(portOf(server.address())));
    return;
  }
  const deaf = hostility.kind === 'clients' && hostility.deaf === true;
  const sockets = await open(hostility.port, hostility.connections, hostility.first, deaf);
  started(0);
  if (hostility.kind === 'clients') {
    for (const socket of sockets) pour(socket, again);
    return;
  }
  for (let at = 0; sockets.some((socket) => !socket.destroyed); at += 1) {
    const byte = again.subarray(at % again.length, (at % again.length) + 1);
    for (const socket of sockets) if (!socket.destroyed && socket.writableLength === 0) socket.write(byte);
    await turn();
  }
}

if (!isMainThread && workerData?.hostility !== undefined)
  await run(workerData.hostility, (port) => parentPort?.postMessage(port));
