import type { Server } from 'node:net';
import { removeDeadSocket } from '@headgate/shared/process/dead-socket';
import type { AcceptAddress } from '../config/snapshot.ts';

/** Connections that may wait to be accepted; the kernel lowers it to net.core.somaxconn. */
const backlog = 4096;

/**
 * Makes `server` listen, and says where: `0.0.0.0:443`. Rejects with the system's error when the address is taken or not ours.
 * Unlike stunnel's, every address must bind: a service that is half there is found out too late.
 */
export async function bind(server: Server, accept: AcceptAddress): Promise<string> {
  if (accept.kind === 'unix') await removeDeadSocket(accept.path);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(accept.kind === 'unix' ? { path: accept.path, backlog } : { host: accept.host, port: accept.port, backlog }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') return address ?? '';
  return `${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}
