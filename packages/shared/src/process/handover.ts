import type { SpawnOptions } from 'node:child_process';
import { dropInherited, heldSockets, inherit } from '../net/node/inherited.ts';
import type { Death, Report } from './daemon.ts';
import { isReport } from './daemon.ts';
import { launch } from './launch.ts';
import type { OldProcess } from './old-processes.ts';

/** Set in the process that takes over, to the id of the one before it. */
const marker = 'HEADGATE_TAKES_OVER';
/** Milliseconds that the predecessor has to send its sockets. */
const PATIENCE = 10_000;

/** One message of the predecessor. */
type Bequest =
  | { readonly kind: 'socket'; readonly key: string; readonly index: number }
  | { readonly kind: 'complete'; readonly old: readonly OldProcess[] };

/** The process that this one takes over from: its id, and whether it runs in the background. */
export interface Predecessor {
  readonly pid: number;
  readonly inBackground: boolean;
}

/** True in a process started by `handOver`; evaluated once, at the start. */
export function takePredecessor(): Predecessor | undefined {
  const [pid, how] = (process.env[marker] ?? '').split(' ');
  delete process.env[marker];
  // Not its parent: see `handOver`.
  if (pid === undefined || pid === '' || process.send === undefined) return undefined;
  return { pid: Number(pid), inBackground: how === 'background' };
}

/** Receives the listening sockets of the predecessor; resolves with it and those before it. Rejects when it falls silent. */
export function receiveSockets(): Promise<readonly OldProcess[]> {
  return new Promise((resolve, reject) => {
    const finish = (result: Error | readonly OldProcess[]): void => {
      clearTimeout(timer);
      process.off('message', receive);
      process.off('disconnect', gone);
      if (result instanceof Error) reject(result);
      else resolve(result);
    };
    const receive = (message: unknown, handle: unknown): void => {
      if (!isBequest(message)) return;
      if (message.kind === 'complete') finish(message.old);
      else if (typeof handle === 'object' && handle !== null) inherit(message.key, { index: message.index, handle });
    };
    const gone = (): void => finish(new Error('the process to take over from has ended'));
    const timer = setTimeout(() => finish(new Error('the process to take over from does not answer')), PATIENCE);
    process.on('message', receive);
    process.once('disconnect', gone);
    process.send?.({ kind: 'ready' });
  });
}

/** Inherited sockets that nothing listens on would take connections that are never accepted. */
export const dropUnused = dropInherited;

/** Starts a program that is no child of this process: `$0` with `$@`, and all that is open. */
const APART = '"$0" "$@" &';

/**
 * Starts this program again, as it is now on disk, and gives it the listening sockets: both processes share them until this one stops
 * accepting, so no connection is refused. Resolves with the report of the new process. Until that says "serving", nothing has changed.
 *
 * A shell starts it and ends, which makes it a child of init: this process may live for days, and systemd learns of the end of its own
 * children only. `old`: the processes that served before the new one.
 */
export function handOver(
  argv: readonly string[],
  inBackground: boolean,
  old: () => readonly OldProcess[],
): Promise<Report | Death> {
  const [, script = ''] = process.argv;
  const output = inBackground ? 'ignore' : 'inherit';
  const options: SpawnOptions = {
    detached: true,
    stdio: ['ignore', output, output, 'ipc'],
    // The watchdog expects its signs of life from whichever process is the service.
    env: {
      ...process.env,
      WATCHDOG_PID: undefined,
      [marker]: `${process.pid} ${inBackground ? 'background' : 'foreground'}`,
    },
  };
  return new Promise((resolve) => {
    const done = (report: Report | Death): void => {
      if (shell?.connected === true) shell.disconnect();
      shell?.unref();
      resolve(report);
    };
    const died = (text: string): void => done({ kind: 'died', text });
    const args = ['-c', APART, process.execPath, ...process.execArgv, script, ...argv];
    const shell = launch('/bin/sh', args, options, ({ message }) => died(`cannot start the new process: ${message}`));
    shell?.on('message', (message) => {
      if (isReport(message)) return done(message);
      for (const { key, handle, index, movable } of heldSockets())
        if (movable) shell.send({ kind: 'socket', key, index }, handle as never);
      shell.send({ kind: 'complete', old: old() });
    });
    // The shell ends at once; the channel, when the new process does.
    shell?.once('disconnect', () => died('the new process ended before serving'));
  });
}

function isBequest(message: unknown): message is Bequest {
  if (typeof message !== 'object' || message === null || !('kind' in message)) return false;
  return (
    message.kind === 'complete' || (message.kind === 'socket' && 'key' in message && typeof message.key === 'string')
  );
}
