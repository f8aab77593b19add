import type { ServerState } from '../model/backend.ts';
import { askedAgent } from '../model/server.ts';

/**
 * The status of a server as `show stat` has it: `UP`, `UP 1/3`, `NOLB`, `DOWN`, `DOWN 1/2`, `DOWN (agent)`, `DRAIN`, `DRAIN (agent)`,
 * `MAINT`, `MAINT (resolution)`, `no check`.
 */
export function serverStatus({
  administrative,
  unresolved,
  operational,
  leaving,
  health,
  config,
  agentDown,
}: ServerState): string {
  const { check } = config;
  const asked = askedAgent(config) !== undefined;
  if (administrative === 'maint') return 'MAINT';
  if (unresolved) return 'MAINT (resolution)';
  if (asked && operational === 'up' && administrative === 'drain') return 'DRAIN (agent)';
  if (agentDown) return asked ? 'DOWN (agent)' : 'DOWN';
  const up = administrative === 'drain' ? 'DRAIN' : leaving ? 'NOLB' : 'UP';
  if (check === undefined || check.paused === true) return up === 'UP' ? 'no check' : up;
  if (operational === 'down') return health === 0 ? 'DOWN' : `DOWN ${health}/${check.rise}`;
  const { rise, fall } = check;
  return health === rise + fall - 1 ? up : `${up} ${health - rise + 1}/${fall}`;
}
