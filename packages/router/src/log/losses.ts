import type { Destinations } from '@headgate/shared/log/destinations';
import type { Logger } from '@headgate/shared/log/logger';

/** Milliseconds between two looks. */
const every = 5000;

/** Waits some milliseconds, then calls. */
type After = (ms: number, fn: () => void) => { cancel(): void };

/**
 * Says in the process log that lines of `log` targets are lost: once for each destination while the router runs, and
 * how many when `end` is called. Who reads no access log should learn why.
 */
export function watchLosses(
  destinations: Pick<Destinations, 'losses'>,
  logger: Pick<Logger, 'log'>,
  after: After,
): { end(): void } {
  const told = new Set<string>();
  const look = (): void => {
    for (const { place } of destinations.losses()) {
      if (told.has(place)) continue;
      told.add(place);
      logger.log('warning', `log lines for ${place} are lost: nobody takes them there, or not fast enough`);
    }
    timer = after(every, look);
  };
  let timer = after(every, look);
  return {
    end() {
      timer.cancel();
      for (const { place, lines } of destinations.losses())
        logger.log('warning', `log lines lost for ${place}: ${lines} in all`);
    },
  };
}
