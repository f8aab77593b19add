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
  const { backends, others } = context;
  return {
    ...named(backends, exchange),
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
    others,
  };
}

/** The same without an exchange. */
export function stateOfProcess(backends: FrontendContext['backends'], others: RuntimeState['others']): RuntimeState {
  const frontend = { name: '', connections: 0, requestRate: 0, sessionRate: 0 };
  return { ...named(backends, {}), frontend, now: performance.now(), others };
}

function named(
  backends: FrontendContext['backends'],
  own: Partial<Pick<Asking, 'backend' | 'server'>>,
): Pick<RuntimeState, 'backend' | 'server'> {
  return {
    backend: (name) => (name === undefined ? own.backend : backends.get(name)),
    server(name) {
      if (name === undefined) return own.server;
      const slash = name.indexOf('/');
      const server = name.slice(slash + 1);
      return backends.get(name.slice(0, slash))?.servers.find(({ config }) => config.name === server);
    },
  };
}
