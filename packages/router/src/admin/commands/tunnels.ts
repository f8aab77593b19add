import type { OpenTunnel } from '../../engine/tunnels.ts';
import type { Commands } from '../command.ts';
import { findServer, type Desk, type ServerRuntime } from '../desk.ts';

const HEADER = '# kind frontend backend/server client age_s bytes_in bytes_out';

export const tunnels = {
  'show tunnels': {
    usage: '[<bk>/<srv>]',
    text: 'list open WebSockets and other tunnels',
    level: 'operator',
    run([name], desk) {
      const found = name === undefined ? undefined : findServer(desk, name);
      if (typeof found === 'string') return found;
      const chosen = desk.router.tunnels.filter(({ server }) => found === undefined || server.key === found.server.key);
      return [HEADER, ...chosen.map((tunnel) => lineOf(tunnel))].map((line) => `${line}\n`).join('');
    },
  },
  drain: {
    usage: '<bk>/<srv>',
    text: 'send no new work to a server, and end its tunnels',
    level: 'admin',
    run([name], desk) {
      const found = findServer(desk, name);
      if (typeof found === 'string') return found;
      found.backend.administer(found.server, 'drain');
      const left = of(desk, found.server);
      for (const tunnel of left) tunnel.leave();
      return `${found.server.current} requests are finishing, ${left.length} tunnels are ending.\n`;
    },
  },
} as const satisfies Commands;

function of({ router }: Desk, { key }: ServerRuntime): readonly OpenTunnel[] {
  return router.tunnels.filter(({ server }) => server.key === key);
}

function lineOf({ exchange, server, webSocket }: OpenTunnel): string {
  const { client } = exchange.facts.connection;
  return [
    webSocket ? 'websocket' : 'tunnel',
    exchange.context.config.name,
    server.key,
    `${client.address}:${client.port}`,
    Math.floor(exchange.age / 1000),
    exchange.bytesFromClient,
    exchange.bytesToClient,
  ].join(' ');
}
