import { spawn } from 'node:child_process';
import { listenForStop } from './stop-signals.ts';

/** Set in the background process only, and removed there so that its own children do not see it. */
const marker = 'HEADGATE_BACKGROUND';

/** The single report the background process sends to the one that started it. */
export type Report =
  | { readonly kind: 'serving'; readonly text: string }
  | { readonly kind: 'failed'; readonly text: string; readonly code: number };

/** The process ended without a report. */
export interface Death {
  readonly kind: 'died';
  readonly text: string;
}

/** True in the process that `startInBackground` started, until `takeBackgroundMarker` was called. */
export function isBackground(): boolean {
  return process.env[marker] === String(process.ppid) && process.send !== undefined;
}

/** As `isBackground`; evaluated once, at the start. */
export function takeBackgroundMarker(): boolean {
  const inBackground = isBackground();
  delete process.env[marker];
  return inBackground;
}

/**
 * Starts this program again in its own session, without a terminal, and waits for its report: unlike a plain fork,
 * exit code 0 means that it is serving. A process that ends without a report has failed. Stop signals received meanwhile
 * are forwarded: otherwise the child would keep running unnoticed.
 */
export function startInBackground(argv: readonly string[]): Promise<Report | Death> {
  const [, script = ''] = process.argv;
  // Before there is a child, so that no signal can come in between.
  const letGo = listenForStop(({ signal }) => child.kill(signal));
  const child = spawn(process.execPath, [...process.execArgv, script, ...argv], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // The watchdog expects its signs of life from the process that serves.
    env: { ...process.env, WATCHDOG_PID: undefined, [marker]: String(process.pid) },
  });
  return new Promise((resolve) => {
    const done = (report: Report | Death): void => {
      letGo();
      if (child.connected) child.disconnect();
      child.unref();
      resolve(report);
    };
    child.once('message', (message) => {
      done(isReport(message) ? message : { kind: 'died', text: 'the background process sent an unknown report' });
    });
    child.once('error', (error) =>
      done({ kind: 'died', text: `cannot start the background process: ${error.message}` }),
    );
    child.once('exit', (code, signal) => {
      done({ kind: 'died', text: `the background process ended (${signal ?? `exit code ${code}`}) before serving` });
    });
  });
}

/** Sends the report to the foreground process and disconnects from it. */
export function report(message: Report): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) return resolve();
    process.send(message, undefined, {}, () => {
      if (process.connected) process.disconnect();
      resolve();
    });
  });
}

export function isReport(message: unknown): message is Report {
  if (typeof message !== 'object' || message === null || !('kind' in message) || !('text' in message)) return false;
  if (typeof message.text !== 'string') return false;
  return (
    message.kind === 'serving' || (message.kind === 'failed' && 'code' in message && typeof message.code === 'number')
  );
}
