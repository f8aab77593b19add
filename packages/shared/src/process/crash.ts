import type { Logger } from '../log/logger.ts';
import { exit } from './exit.ts';

/** EX_SOFTWARE of sysexits.h: a defect of the program itself. */
export const CRASHED = 70;

/**
 * The last line of defence: an uncaught error is logged with its stack, and the process ends with
 * exit code 70, since its state can no longer be trusted. Not 1: after a configuration error a supervisor
 * must not restart the program, after a crash it must.
 */
export function guardAgainstCrashes(logger: Logger): void {
  let crashing = false;
  const crash =
    (what: string) =>
    (error: unknown): void => {
      if (crashing) return;
      crashing = true;
      const message = error instanceof Error ? error.message : String(error);
      logger.log('emerg', `${what}: ${message}`, { stack: error instanceof Error ? error.stack : undefined });
      void exit(CRASHED, () => logger.flush());
    };
  process.on('uncaughtException', crash('uncaught exception'));
  process.on('unhandledRejection', crash('unhandled rejection'));
}
