import { lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Server } from 'node:net';
import { StartFailure } from '@headgate/shared/process/start-failure';
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

/**
 * A socket file that a killed process left behind would make us fail as stunnel does: it is removed when nobody answers.
 * Throws a StartFailure when somebody does, or when the file is something else.
 */
async function removeDeadSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) throw new StartFailure(`cannot listen on ${path}: a file that is not a socket is there`);
  if (await answers(path)) throw new StartFailure(`cannot listen on ${path}: another program already does`);
  await unlink(path);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', (error: Error & { readonly code?: string }) => resolve(error.code !== 'ECONNREFUSED'));
  });
}
