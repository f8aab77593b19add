import { lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { StartFailure } from './start-failure.ts';

/**
 * A socket file that a killed process left behind would make a start fail: it is removed when nobody answers.
 * Throws a StartFailure when somebody does, or when the file is something else.
 */
export async function removeDeadSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) throw new StartFailure(`cannot listen on ${path}: a file that is not a socket is there`);
  if (await answers(path))
    throw new StartFailure(`cannot listen on ${path}: another program already does`, { temporary: true });
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
