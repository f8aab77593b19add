import type { Backend, Frontend, Server, Snapshot } from '../model/snapshot.ts';
import type { BackendView, RuntimeState, ServerView } from '../model/state.ts';

const NO_RATE = { read: () => 0 };

function serverView(backend: string, config: Server): ServerView {
  const { name, id, weight, disabled } = config;
  return {
    key: `${backend}/${name}`,
    id,
    config,
    operational: 'up',
    administrative: disabled ? 'maint' : 'ready',
    usable: !disabled && weight > 0,
    weight,
    current: 0,
    queued: 0,
    counters: { sessionRate: NO_RATE },
  };
}

function backendView(config: Backend): BackendView {
  const servers = config.servers.map((server) => serverView(config.name, server));
  return { config, servers, current: 0, queued: 0, counters: { sessionRate: NO_RATE } };
}

/** The router as it is at its start: every server is up that the configuration does not disable, and nothing else is going on. */
export function stateAtStart({ backends }: Snapshot, { name }: Frontend): RuntimeState {
  const views = new Map<string, BackendView>([...backends].map(([own, config]) => [own, backendView(config)]));
  const servers = new Map([...views.values()].flatMap((view) => view.servers.map((server) => [server.key, server])));
  return {
    backend: (own) => (own === undefined ? undefined : views.get(own)),
    server: (key = '') => servers.get(key),
    frontend: { name, connections: 1, requestRate: 1, sessionRate: 1 },
    now: 0,
  };
}
