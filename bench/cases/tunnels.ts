import { TUNNELS, idle } from '../load/idle.ts';
import { verifyTunnel } from '../load/tunnel.ts';
import { echo } from '../load/websocket.ts';
import type { Case } from '../measure/sample.ts';
import { rowsOf } from './rows.ts';

const pipelines = ['pipeline', 'pipeline-unix', 'stunnel+haproxy', 'hitch+haproxy', 'haproxy-tls'] as const;

export const websocket: Case = {
  title: 'WebSocket messages of 100 bytes, there and back, over 500 tunnels',
  item: 'message',
  requests: 'irrelevant',
  origin: 'program',
  rows: rowsOf(['router', 'router-before', 'haproxy', 'nginx', 'http-proxy', 'pipeline-before', ...pipelines]),
  loads: [{ name: '500 tunnels', run: echo(500) }],
  verify: verifyTunnel,
};

/** Memory grows only once per process: each round starts new ones. */
export const idleTunnels: Case = {
  title: `Silent wss:// connections: ${TUNNELS}, a tenth of it with --quick`,
  item: 'connection',
  requests: 'browser',
  origin: 'program',
  fresh: true,
  rows: rowsOf(pipelines, { maxconn: TUNNELS + 100 }),
  loads: [{ name: 'silent tunnels', run: idle }],
  warmUp: { name: '50 tunnels', run: echo(50) },
  verify: verifyTunnel,
};
