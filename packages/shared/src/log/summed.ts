import type { Fields, Logger, Severity } from './logger.ts';
import { severityNumbers } from './severity.ts';

/** Milliseconds in which the same line is written once. */
const WINDOW = 10_000;
/** Different lines that are counted at a time; more are written as they come. */
const MOST_LINES = 256;
/** From this severity on: a fault may be reported a thousand times a second. */
const LEAST = severityNumbers.warning;

interface Repeated {
  more: number;
  readonly timer: NodeJS.Timeout;
  readonly sum: () => void;
}

/** Writes a warning that comes again and again once, and after ten seconds how often it came. */
export function summed(logger: Logger): Logger {
  const recent = new Map<string, Repeated>();
  return {
    log(severity, message, fields) {
      if (severityNumbers[severity] > LEAST) return logger.log(severity, message, fields);
      const key = `${severity} ${message}`;
      const known = recent.get(key);
      if (known !== undefined) {
        known.more += 1;
        return;
      }
      logger.log(severity, message, fields);
      if (recent.size < MOST_LINES)
        recent.set(
          key,
          begin(logger, severity, message, fields, () => recent.delete(key)),
        );
    },
    flush() {
      for (const { sum, timer } of recent.values()) {
        clearTimeout(timer);
        sum();
      }
      return logger.flush();
    },
  };
}

function begin(
  logger: Logger,
  severity: Severity,
  message: string,
  fields: Fields | undefined,
  forget: () => void,
): Repeated {
  const repeated: Repeated = {
    more: 0,
    timer: setTimeout(() => repeated.sum(), WINDOW).unref(),
    sum() {
      forget();
      const { more } = repeated;
      if (more > 0)
        logger.log(
          severity,
          `${message} (${more} more ${more === 1 ? 'time' : 'times'} in ${WINDOW / 1000} s)`,
          fields,
        );
    },
  };
  return repeated;
}
