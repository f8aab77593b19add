import type { SpawnOptions } from 'node:child_process';
import type { Logger } from '../log/logger.ts';
import { launch } from './launch.ts';
import type { Reloaded } from './product.ts';
import { placesOf } from './places.ts';

/** Reports to systemd, or another supervisor that speaks its protocol (sd_notify(3)): `Type=notify`, `WatchdogSec=`. */
export interface Supervisor {
  serving(addresses: readonly string[]): void;
  reloading(): void;
  reloaded(result: Reloaded): void;
  stopping(): void;
  /** Ends the reports; resolves when the last one was read. */
  end(): Promise<void>;
}

/** The part of the environment that a supervisor sets. */
export interface SupervisorEnvironment {
  readonly NOTIFY_SOCKET?: string | undefined;
  readonly WATCHDOG_USEC?: string | undefined;
  readonly WATCHDOG_PID?: string | undefined;
}

const NONE: Supervisor = {
  serving() {},
  reloading() {},
  reloaded() {},
  stopping() {},
  end: () => Promise.resolve(),
};

/** Milliseconds a report may take; systemd-notify waits for the supervisor to have read it. */
const PATIENCE = 5000;

/**
 * The supervisor that the environment names; without one it costs nothing. Node.js has no unix datagram sockets, so each report is sent
 * by `systemd-notify`, which is installed wherever systemd is; the unit needs `NotifyAccess=all`, since it is a child that reports.
 */
export function supervisorOf(env: SupervisorEnvironment, logger: Pick<Logger, 'log'>): Supervisor {
  const { NOTIFY_SOCKET: socket } = env;
  if (socket === undefined || !/^[/@]/.test(socket)) return NONE;
  let failed = false;
  let timer: NodeJS.Timeout | undefined;
  /** Reports leave one after the other: READY must not overtake RELOADING. */
  let last = Promise.resolve();
  const say = (...lines: readonly string[]): void => {
    last = last.then(() => send(lines));
  };
  const send = (lines: readonly string[]): Promise<void> =>
    new Promise((resolve) => {
      const done = (error?: string): void => {
        if (error !== undefined && !failed)
          logger.log('warning', `cannot report to the supervisor at ${socket}: ${error}`);
        failed = error !== undefined;
        resolve();
      };
      const options: SpawnOptions = { stdio: 'ignore', timeout: PATIENCE };
      const child = launch('systemd-notify', lines, options, ({ code, message }) =>
        done(code === 'ENOENT' ? 'systemd-notify is not installed' : message),
      );
      child?.once('exit', (code) => done(code === 0 ? undefined : `systemd-notify ended with exit code ${code}`));
      child?.unref();
    });
  return {
    serving(addresses) {
      say('READY=1', `MAINPID=${process.pid}`, `STATUS=serving on ${placesOf(addresses)}`);
      const every = watchdogInterval(env);
      if (every === undefined) return;
      // A timer, so that it stops with the event loop that it vouches for.
      timer = setInterval(() => say('WATCHDOG=1'), every);
      timer.unref();
    },
    reloading() {
      say('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`, 'STATUS=reloading');
    },
    reloaded(result) {
      const status = result.applied
        ? 'serving under the configuration loaded last'
        : `serving under the configuration before: ${result.reasons[0] ?? 'the new one was refused'}`;
      say('READY=1', `STATUS=${status.replaceAll(/\s+/g, ' ')}`);
    },
    stopping() {
      say('STOPPING=1', 'STATUS=finishing open connections');
    },
    end() {
      clearInterval(timer);
      return last;
    },
  };
}

/** Milliseconds between two signs of life, half of what the supervisor waits; undefined when it waits for none. */
export function watchdogInterval({ WATCHDOG_USEC, WATCHDOG_PID }: SupervisorEnvironment): number | undefined {
  const microseconds = Number(WATCHDOG_USEC);
  if (!Number.isSafeInteger(microseconds) || microseconds <= 0) return undefined;
  if (WATCHDOG_PID !== undefined && WATCHDOG_PID !== String(process.pid)) return undefined;
  return Math.max(1, Math.floor(microseconds / 2000));
}
