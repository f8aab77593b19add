import type { ConnectionPlan } from '../model/connection-plan.ts';
import { openFiles } from '@headgate/shared/process/open-files';

/** Users of descriptors other than connections. */
export interface Holders {
  /** Listening sockets. */
  readonly listening: number;
  /** Servers with health checks: one connection each. */
  readonly checks: number;
  /** `log` targets. */
  readonly logs: number;
}

/** Descriptors of the runtime: event loop, standard streams, name lookups, and idle server connections being replaced. */
const RUNTIME = 64;

const MOST_WAITING = 4096;
const LEAST_WAITING = 16;

/**
 * Allocates the descriptors of one process, from the text of /proc/self/limits. Each client connection needs two, one for
 * the client and one for the server. Without `asked` (`maxconn`), as many as fit, as in HAProxy; there is no
 * limit when the process has none or none can be read.
 */
export function planConnections(limits: string, holders: Holders, asked: number | undefined): ConnectionPlan {
  const limit = openFiles(limits);
  if (limit === undefined || limit === Number.POSITIVE_INFINITY)
    return { maxconn: asked ?? 0, waiting: MOST_WAITING, shortage: undefined };
  // A listening socket delivers one more connection before it is refused.
  const fixed = RUNTIME + 2 * holders.listening + holders.checks + holders.logs;
  const left = Math.max(0, limit - fixed);
  const share = Math.min(MOST_WAITING, Math.max(LEAST_WAITING, Math.floor(left / 5)));
  const maxconn = asked ?? Math.max(1, Math.floor((left - share) / 2));
  const needed = fixed + 2 * maxconn + LEAST_WAITING;
  const waiting = Math.min(MOST_WAITING, Math.max(LEAST_WAITING, left - 2 * maxconn));
  const possible = Math.max(0, Math.floor((left - LEAST_WAITING) / 2));
  return { maxconn, waiting, shortage: needed > limit ? { needed, limit, possible } : undefined };
}

/** The figures of a shortage, and what to do. */
export function explainShortage({ maxconn, shortage }: ConnectionPlan): string | undefined {
  if (shortage === undefined) return undefined;
  const { needed, limit, possible } = shortage;
  return (
    `maxconn ${maxconn} needs ${needed} open files (two for each connection, the rest for listening sockets, checks and logs) and ` +
    `the limit is ${limit}: raise it (ulimit -n, LimitNOFILE= in a systemd unit)` +
    (possible > 0 ? ` or write maxconn ${possible} at most` : '')
  );
}
