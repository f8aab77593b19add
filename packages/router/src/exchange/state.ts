import { performance } from 'node:perf_hooks';
import type { BackendState, ServerState } from '../model/backend.ts';
import type { RuntimeState } from '../model/state.ts';
import type { FrontendContext } from './context.ts';

/** The exchange that asks. */
interface Asking {
  readonly context: FrontendContext;
  readonly backend: BackendState | undefined;
  readonly server: ServerState | undefined;
}

/** What one exchange sees of the router. */
export function stateOf(exchange: Asking): RuntimeState {
  const { context } = exchange;
  const backend = (name?: string): BackendState | undefined =>
    name === undefined ? exchange.backend : context.backends.get(name);
  return {
    backend,
    server(name): ServerState | undefined {
      if (name === undefined) return exchange.server;
      const slash = name.indexOf('/');
      const own = name.slice(slash + 1);
      return backend(name.slice(0, slash))?.servers.find(({ config }) => config.name === own);
    },
    get frontend() {
      const now = performance.now();
      const { requestRate, sessionRate } = context.counters;
      return {
        name: context.config.name,
        connections: context.counts.frontend.value,
        requestRate: requestRate.read(now),
        sessionRate: sessionRate.read(now),
      };
    },
    get now() {
      return performance.now();
    },
    others: context.others,
  };
}
