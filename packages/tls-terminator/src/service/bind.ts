import type { Acceptor } from '@headgate/shared/net/acceptor';
import { removeDeadSocket } from '@headgate/shared/process/dead-socket';
import type { AcceptAddress } from '../model/snapshot.ts';

/** Connections that may wait to be accepted; the kernel lowers it to net.core.somaxconn. */
const backlog = 4096;

/**
 * Makes `acceptor` listen, and says where: `0.0.0.0:443`. Rejects with the system's error when the address is taken or not ours.
 * Unlike stunnel's, every address must bind: a service that is half there is found out too late.
 */
export async function bind(acceptor: Acceptor, accept: AcceptAddress): Promise<string> {
  if (accept.kind === 'unix') await removeDeadSocket(accept.path);
  const address = await acceptor.listen(
    accept.kind === 'unix' ? { path: accept.path, backlog } : { host: accept.host, port: accept.port, backlog },
  );
  if (address === null || typeof address === 'string') return address ?? '';
  return `${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}
