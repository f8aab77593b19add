import type { ServerState } from '../model/backend.ts';
import type { Backend, ConnectionMode } from '../model/snapshot.ts';
import { noServer } from '../sample/words.ts';

/**
 * Whose a server connection is behind its answer. `shared`: any client's next request may use it. `private`: only those
 * of the same client connection. `single`: nobody's, it carries one request.
 */
export type Ownership = 'shared' | 'private' | 'single';

interface Introduced {
  readonly readdressed: boolean;
}

/**
 * A request with addresses of its own (`http-request set-src`, `set-dst`) needs a connection of its own where a PROXY header names
 * them, or its server would take it for another's, and where the server is what the client connected to, or it would reach another
 * one. So does a request whose number is in that header.
 */
function introducesItself({ config }: ServerState, { readdressed }: Introduced): boolean {
  if (readdressed && (config.sendProxy !== 0 || config.relative !== undefined)) return true;
  return config.proxyOptions?.includes('unique-id') === true;
}

/**
 * What a connection to this server becomes before anybody has logged in on it. `http-reuse never`, a PROXY header, which names
 * one client, and `dispatch`, as in HAProxy, make it private; modes of one request each end it.
 */
export function ownership(
  front: ConnectionMode,
  backend: Backend,
  server: ServerState,
  exchange: Introduced,
): Ownership {
  if (introducesItself(server, exchange)) return 'single';
  if (front !== 'keep-alive' || backend.connectionMode !== 'keep-alive') return 'single';
  const { name, sendProxy, relative } = server.config;
  return backend.reuse === 'never' || sendProxy !== 0 || relative !== undefined || name === noServer
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
  if (!first || reuse === 'always') return 'any';
  const retried =
    resendable &&
    retries > 0 &&
    retryOn.has('conn-failure') &&
    retryOn.has('empty-response') &&
    retryOn.has('response-timeout');
  if (retried) return 'any';
  return reuse === 'aggressive' ? 'proven' : 'none';
}
