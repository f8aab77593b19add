import type { ServerState } from '../model/backend.ts';
import { askedAgent } from '../model/server.ts';

/**
 * The status of a server as `show stat` has it: `UP`, `UP 1/3`, `NOLB`, `DOWN`, `DOWN 1/2`, `DOWN (agent)`, `DRAIN`, `DRAIN (agent)`,
 * `MAINT`, `MAINT (resolution)`, `MAINT (via b/s)`, `no check`. One that tracks another has the states and the checks of that one.
 */
export function serverStatus(server: ServerState): string {
  const { administrative, unresolved, operational, tracked } = server;
  if (administrative === 'maint') return 'MAINT';
  if (unresolved) return 'MAINT (resolution)';
  const followed = lastTracked(server);
  if (tracked !== undefined && (followed.administrative === 'maint' || followed.unresolved))
    return `MAINT (via ${tracked.key})`;
  const { health, leaving, agentDown, config } = followed;
  const { check } = config;
  const draining = administrative === 'drain' || followed.administrative === 'drain';
  const asked = askedAgent(config) !== undefined;
  if (asked && operational === 'up' && draining) return 'DRAIN (agent)';
  if (agentDown) return asked ? 'DOWN (agent)' : 'DOWN';
  const up = draining ? 'DRAIN' : leaving ? 'NOLB' : 'UP';
  if (check === undefined || check.paused === true) return up === 'UP' ? 'no check' : up;
  if (operational === 'down') return health === 0 ? 'DOWN' : `DOWN ${health}/${check.rise}`;
  const { rise, fall } = check;
  return health === rise + fall - 1 ? up : `${up} ${health - rise + 1}/${fall}`;
}

/** At the end of the chain of `track`: the server that is checked. The compiler refuses circles. */
function lastTracked(server: ServerState): ServerState {
  return server.tracked === undefined ? server : lastTracked(server.tracked);
}
