import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';

/**
 * Starts a program. Every failure is a call of `failed`, after this has returned: Node reports some (ENOENT, EAGAIN) as events of the
 * process, and throws others (ENOMEM, ENOTDIR), which would end the process that only wanted another one; then the result is undefined.
 */
export function launch(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
  failed: (error: NodeJS.ErrnoException) => void,
): ChildProcess | undefined {
  try {
    return spawn(command, args, options).once('error', failed);
  } catch (error) {
    process.nextTick(failed, error);
    return undefined;
  }
}
