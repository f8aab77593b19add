import type { ServerState } from '../model/backend.ts';

/**
 * How a server is seen, for the server itself (`http-check send-state`): `UP 2/3; address=10.0.0.1; port=80; name=b/s; node=lb;
 * weight=1/2; scur=13/22; qcur=0`, the words and the order of HAProxy.
 */
export function stateText(server: ServerState, node: string): string {
  const { address, check } = server.config;
  const { backend } = server;
  const total = backend.servers.filter(({ usable }) => usable).reduce((sum, { weight }) => sum + weight, 0);
  const current = backend.servers.reduce((sum, other) => sum + other.current, 0);
  return [
    seenAs(server, check),
    `address=${address.kind === 'tcp' ? address.host : 'unix'}`,
    `port=${address.kind === 'tcp' ? address.port : 'unix'}`,
    `name=${server.key}`,
    `node=${node}`,
    `weight=${server.weight}/${total}`,
    `scur=${server.current}/${current}`,
    `qcur=${server.queued}`,
  ].join('; ');
}

function seenAs({ operational, leaving, health }: ServerState, check: ServerState['config']['check']): string {
  const { rise = 1, fall = 1 } = check ?? {};
  if (operational === 'down') return health === 0 ? 'DOWN' : `DOWN ${health}/${rise}`;
  const word = leaving ? 'NOLB' : 'UP';
  return health === rise + fall - 1 ? word : `${word} ${health - rise + 1}/${fall}`;
}
