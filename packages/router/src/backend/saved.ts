import type { Server } from '../model/snapshot.ts';
import type { Administrative, Operational } from '../model/backend.ts';
import { fullHealth, initialHealth, operationalAt } from './server-state.ts';
import type { ServerRuntime } from './server.ts';

/** The state of a server that survives a reload or moves to another process: plain data. */
export interface SavedServer {
  readonly key: string;
  readonly operational: Operational;
  readonly health: number;
  /** Undefined while it equals the configured value: then a new configuration decides. */
  readonly administrative: Administrative | undefined;
  /** As above. */
  readonly weight: number | undefined;
  /** What its agent has said of it. */
  readonly agentDown?: boolean;
  readonly limited?: number | undefined;
}

/** What a worker must know of a server that it does not check: plain data. */
export interface SharedServer extends Pick<
  ServerRuntime,
  | 'key'
  | 'health'
  | 'administrative'
  | 'weight'
  | 'leaving'
  | 'lastCheck'
  | 'agentDown'
  | 'lastAgent'
  | 'limited'
  | 'place'
> {}

export function shareServer(server: ServerRuntime): SharedServer {
  const { key, health, administrative, weight, leaving, lastCheck, agentDown, lastAgent, limited, place } = server;
  return { key, health, administrative, weight, leaving, lastCheck, agentDown, lastAgent, limited, place };
}

export function saveServer(server: ServerRuntime): SavedServer {
  const { key, operational, health, administrative, weight, config, agentDown, limited } = server;
  return {
    key,
    // What the agent says of it is kept apart from what its checks found.
    operational: agentDown && config.check !== undefined ? operationalAt(health, config.check) : operational,
    health,
    administrative: administrative === (config.disabled ? 'maint' : 'ready') ? undefined : administrative,
    weight: weight === config.weight ? undefined : weight,
    agentDown,
    limited,
  };
}

/** Up stays up and down stays down, even when `rise` and `fall` have changed. */
export function restoreServer(server: ServerRuntime, saved: SavedServer): void {
  if (saved.administrative !== undefined) server.administrative = saved.administrative;
  if (saved.weight !== undefined) server.weight = saved.weight;
  const { check, agent } = server.config;
  if (agent !== undefined) {
    server.agentDown = saved.agentDown ?? false;
    server.limited = saved.limited;
  }
  if (check === undefined) return;
  server.health =
    saved.operational === 'up'
      ? Math.min(Math.max(saved.health, check.rise), fullHealth(check))
      : Math.min(saved.health, check.rise - 1);
}

/** Gives a server new settings at the same address: its states stay, and values set only by the configuration follow the new one. */
export function reconfigure(server: ServerRuntime, config: Server): void {
  const saved = saveServer(server);
  const unchecked = server.config.check === undefined;
  if (config.agent === undefined) {
    server.agentDown = false;
    server.lastAgent = undefined;
  }
  // An operator's limit takes the place of the agent's.
  const limited = config.agent === undefined || config.maxconn !== server.written.maxconn ? undefined : server.limited;
  server.configure(config);
  server.administrative = config.disabled ? 'maint' : 'ready';
  server.weight = config.weight;
  restoreServer(server, saved);
  server.limited = limited;
  if (unchecked && config.check !== undefined) server.health = initialHealth(config.check);
}

/** True when connections made for one can be used for the other. */
export function sameMachine(one: Server, other: Server): boolean {
  const made = ({ address, relative, sendProxy, proxyOptions, source, names }: Server): string =>
    JSON.stringify([address, relative, sendProxy, proxyOptions, source, names]);
  return made(one) === made(other);
}
