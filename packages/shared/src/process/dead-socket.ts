import { lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { StartFailure } from './start-failure.ts';

/**
 * A socket file left by a killed process would make the start fail: it is removed when nothing accepts on it.
 * Throws a StartFailure when something does, or when the file is not a socket.
 */
export async function removeDeadSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) throw new StartFailure(`cannot listen on ${path}: the path exists and is not a socket`);
  if (await answers(path))
    throw new StartFailure(`cannot listen on ${path}: the address is already in use`, { temporary: true });
  await unlink(path);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'));
  });
}
