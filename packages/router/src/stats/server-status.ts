import type { ServerState } from '../model/backend.ts';

/** The status of a server as `show stat` has it: `UP`, `UP 1/3`, `NOLB`, `DOWN`, `DOWN 1/2`, `DRAIN`, `MAINT`, `MAINT (resolution)`, `no check`. */
export function serverStatus({
  administrative,
  unresolved,
  operational,
  leaving,
  health,
  config,
}: ServerState): string {
  const { check } = config;
  if (administrative === 'maint') return 'MAINT';
  if (unresolved) return 'MAINT (resolution)';
  const up = administrative === 'drain' ? 'DRAIN' : leaving ? 'NOLB' : 'UP';
  if (check === undefined || check.paused === true) return up === 'UP' ? 'no check' : up;
  if (operational === 'down') return health === 0 ? 'DOWN' : `DOWN ${health}/${check.rise}`;
  const { rise, fall } = check;
  return health === rise + fall - 1 ? up : `${up} ${health - rise + 1}/${fall}`;
}
