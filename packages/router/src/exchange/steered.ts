import type { Backend, RetryOn } from '../model/snapshot.ts';
import type { Steering } from '../model/steering.ts';

const CONNECTING: ReadonlySet<RetryOn> = new Set(['conn-failure']);

/** The settings of a backend for a request whose rules changed some of them. */
export function steeredBackend(config: Backend, steering: Steering): Backend {
  const { serverTimeout, tunnelTimeout, connectRetriesOnly } = steering;
  if (serverTimeout === undefined && tunnelTimeout === undefined && !connectRetriesOnly) return config;
  const { server, tunnel } = config.timeouts;
  return {
    ...config,
    timeouts: { ...config.timeouts, server: serverTimeout ?? server, tunnel: tunnelTimeout ?? tunnel },
    retryOn: connectRetriesOnly && config.retryOn.has('conn-failure') ? CONNECTING : config.retryOn,
  };
}
