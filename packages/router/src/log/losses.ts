import type { Destinations } from '@headgate/shared/log/destinations';
import type { Logger } from '@headgate/shared/log/logger';

/** Milliseconds between checks. */
const every = 5000;

/** Waits some milliseconds, then calls. */
type After = (ms: number, fn: () => void) => { cancel(): void };

/**
 * Reports lost lines of `log` targets in the process log: once per destination while the router runs, and
 * the total when `end` is called. Otherwise a gap in the access log would go unnoticed.
 */
export function watchLosses(
  destinations: Pick<Destinations, 'losses'>,
  logger: Pick<Logger, 'log'>,
  after: After,
): { end(): void } {
  const told = new Set<string>();
  const look = (): void => {
    for (const { place, why = 'no receiver, or it is too slow' } of destinations.losses()) {
      if (told.has(place)) continue;
      told.add(place);
      logger.log('warning', `log lines for ${place} are being lost: ${why}`);
    }
    timer = after(every, look);
  };
  let timer = after(every, look);
  return {
    end() {
      timer.cancel();
      for (const { place, lines } of destinations.losses())
        logger.log('warning', `log lines lost for ${place}: ${lines} in total`);
    },
  };
}
