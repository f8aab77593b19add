import type { Logger } from '../log/logger.ts';
import { exit } from './exit.ts';

/**
 * The last line of defence: an error that nobody caught is logged with its stack, and the process ends with
 * exit code 1, since its state can no longer be trusted.
 */
export function guardAgainstCrashes(logger: Logger): void {
  let crashing = false;
  const crash = (what: string) => (error: unknown): void => {
    if (crashing) return;
    crashing = true;
    const message = error instanceof Error ? error.message : String(error);
    logger.log('emerg', `${what}: ${message}`, { stack: error instanceof Error ? error.stack : undefined });
    void exit(1, () => logger.flush());
  };
  process.on('uncaughtException', crash('uncaught exception'));
  process.on('unhandledRejection', crash('unhandled rejection'));
}
