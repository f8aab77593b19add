import type { ServerState } from '../model/backend.ts';
import type { Backend, ConnectionMode } from '../model/snapshot.ts';

/**
 * Whose a server connection is behind its answer. `shared`: any client's next request may use it. `private`: only those
 * of the same client connection. `single`: nobody's, it carries one request.
 */
export type Ownership = 'shared' | 'private' | 'single';

interface Introduced {
  readonly readdressed: boolean;
}

/**
 * A PROXY header names the client of one connection; a request with addresses of its own (`http-request set-src`) needs a
 * connection of its own, or its server would take it for another's.
 */
function introducesItself({ config }: ServerState, { readdressed }: Introduced): boolean {
  return readdressed && config.sendProxy !== 0;
}

/**
 * What a connection to this server becomes before anybody has logged in on it. `http-reuse never` and a PROXY header,
 * which names one client, make it private; modes of one request each end it.
 */
export function ownership(
  front: ConnectionMode,
  backend: Backend,
  server: ServerState,
  exchange: Introduced,
): Ownership {
  if (introducesItself(server, exchange)) return 'single';
  if (front !== 'keep-alive' || backend.connectionMode !== 'keep-alive') return 'single';
  return backend.reuse === 'never' || server.config.sendProxy !== 0 || server.config.relative !== undefined
    ? 'private'
    : 'shared';
}

/**
 * Which idle shared connections a request may be sent on. `proven`: those that have served a second request already, so
 * that their server is known to keep them.
 */
export type Reach = 'any' | 'proven' | 'none';

/**
 * `http-reuse`, as HAProxy reads it: a server may close an idle connection just as a request is sent on it. Behind a
 * client's first request such a failure is its own to see, for no browser repeats that by itself; so it goes on a fresh
 * connection (`safe`), on a proven one (`aggressive`) or on any (`always`). Later ones, and those whose failure
 * `retry-on` is sure to repeat (`resendable`: all of the request is held here), go on any.
 */
export function reach({ reuse, retryOn, retries }: Backend, first: boolean, resendable: boolean): Reach {
  if (reuse === 'never') return 'none';
  const retried =
    resendable &&
    retries > 0 &&
    retryOn.has('conn-failure') &&
    retryOn.has('empty-response') &&
    retryOn.has('response-timeout');
  if (!first || retried || reuse === 'always') return 'any';
  return reuse === 'aggressive' ? 'proven' : 'none';
}
