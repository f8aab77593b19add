import type { Administrative, Operational } from '../model/backend.ts';
import { fullHealth } from './server-state.ts';
import type { ServerRuntime } from './server.ts';

/** What a server keeps over a reload, and tells another process: plain data. */
export interface SavedServer {
  readonly key: string;
  readonly operational: Operational;
  readonly health: number;
  /** Undefined while it is what the configuration says: then a new configuration decides. */
  readonly administrative: Administrative | undefined;
  /** As above. */
  readonly weight: number | undefined;
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

/** Up stays up and down stays down, even when `rise` and `fall` are other numbers now. */
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
