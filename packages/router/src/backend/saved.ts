import type { Server } from '../model/snapshot.ts';
import type { Administrative, Operational } from '../model/backend.ts';
import { fullHealth, initialHealth } from './server-state.ts';
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
}

/** What a worker must know of a server that it does not check: plain data. */
export interface SharedServer extends Pick<
  ServerRuntime,
  'key' | 'health' | 'administrative' | 'weight' | 'leaving' | 'lastCheck'
> {}

export function shareServer({ key, health, administrative, weight, leaving, lastCheck }: ServerRuntime): SharedServer {
  return { key, health, administrative, weight, leaving, lastCheck };
}

export function saveServer({ key, operational, health, administrative, weight, config }: ServerRuntime): SavedServer {
  return {
    key,
    operational,
    health,
    administrative: administrative === (config.disabled ? 'maint' : 'ready') ? undefined : administrative,
    weight: weight === config.weight ? undefined : weight,
  };
}

/** Up stays up and down stays down, even when `rise` and `fall` have changed. */
export function restoreServer(server: ServerRuntime, saved: SavedServer): void {
  if (saved.administrative !== undefined) server.administrative = saved.administrative;
  if (saved.weight !== undefined) server.weight = saved.weight;
  const { check } = server.config;
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
  server.configure(config);
  server.administrative = config.disabled ? 'maint' : 'ready';
  server.weight = config.weight;
  restoreServer(server, saved);
  if (unchecked && config.check !== undefined) server.health = initialHealth(config.check);
}

/** True when connections made for one can be used for the other. */
export function sameMachine(one: Server, other: Server): boolean {
  const made = ({ address, relative, sendProxy, source, names }: Server): string =>
    JSON.stringify([address, relative, sendProxy, source, names]);
  return made(one) === made(other);
}
