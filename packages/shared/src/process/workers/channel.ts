import type { SpawnOptions } from 'node:child_process';
import type { Inherited } from '../../net/node/inherited.ts';
import { launch } from '../launch.ts';
import type { ToPrimary, ToWorker } from './messages.ts';

/**
 * All that workers need of the runtime: a process of this program, messages both ways that can carry a listening socket, and its end.
 * Node.js has them as child processes with an IPC channel. Nothing else in this folder knows them.
 */
export interface WorkerProcess {
  readonly pid: number;
  /** False: more than a little waits to be read. Ignored once the process has ended. */
  send(message: ToWorker, socket?: Inherited): boolean;
  /** At once (SIGKILL). */
  kill(): void;
}

export interface WorkerListener {
  heard(message: ToPrimary): void;
  /** Exactly once, and nothing is heard after it. `how`: `exit code 70`, `SIGKILL`. */
  ended(how: string): void;
}

/** Set in a worker: the pid of its primary, its number, how many there are, and whether they run in the background. */
const marker = 'HEADGATE_WORKER';

/** What a worker knows of itself before the first message. */
export interface WorkerPlace {
  readonly number: number;
  readonly workers: number;
  readonly inBackground: boolean;
}

/** Starts this program again, with the same arguments, as a worker. */
export function startWorker(
  argv: readonly string[],
  { number, workers, inBackground }: WorkerPlace,
  listener: WorkerListener,
): WorkerProcess {
  const [, script = ''] = process.argv;
  const output = inBackground ? 'ignore' : 'inherit';
  const options: SpawnOptions = {
    stdio: ['ignore', output, output, 'ipc'],
    serialization: 'advanced',
    // The supervisor hears of the primary alone.
    env: {
      ...process.env,
      NOTIFY_SOCKET: undefined,
      WATCHDOG_PID: undefined,
      WATCHDOG_USEC: undefined,
      [marker]: `${process.pid} ${number} ${workers} ${inBackground ? 'background' : 'foreground'}`,
    },
  };
  let over = false;
  const end = (how: string): void => {
    if (over) return;
    over = true;
    listener.ended(how);
  };
  const args = [...process.execArgv, script, ...argv];
  const child = launch(process.execPath, args, options, ({ message }) => end(message));
  child?.on('message', (message) => {
    if (!over) listener.heard(message as ToPrimary);
  });
  child?.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
  return {
    pid: child?.pid ?? 0,
    send: (message, socket) =>
      over || child?.connected !== true || child.send(message, socket as never, {}, () => undefined),
    kill: () => void child?.kill('SIGKILL'),
  };
}

/** Whether this process is a worker; evaluated once, at the start. */
export function takeWorkerPlace(): WorkerPlace | undefined {
  const [pid, number, workers, how] = (process.env[marker] ?? '').split(' ');
  delete process.env[marker];
  if (Number(pid) !== process.ppid || process.send === undefined) return undefined;
  return { number: Number(number), workers: Number(workers), inBackground: how === 'background' };
}

/** The channel to the primary. `gone` is called when the primary has ended. */
export function toPrimary(
  heard: (message: ToWorker, socket: Inherited | undefined) => void,
  gone: () => void,
): (message: ToPrimary, sent?: () => void) => boolean {
  process.on('message', (message, socket: unknown) => {
    heard(message as ToWorker, typeof socket === 'object' && socket !== null ? socket : undefined);
  });
  process.once('disconnect', gone);
  return (message, sent) => {
    if (process.send === undefined || !process.connected) {
      sent?.();
      return true;
    }
    return process.send(message, undefined, {}, () => sent?.());
  };
}
