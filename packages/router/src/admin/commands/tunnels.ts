import type { OpenTunnel } from '../../engine/tunnels.ts';
import type { Commands } from '../command.ts';
import { findServer, type Desk, type ServerRuntime } from '../desk.ts';
import { answered, asksForJson, type Answered } from '../json-answer.ts';

const HEADER = '# kind frontend backend/server client age_s bytes_in bytes_out';

export const tunnels = {
  'show tunnels': {
    usage: '[<bk>/<srv>] [json]',
    text: 'list open WebSockets and other tunnels',
    level: 'operator',
    run: (words, desk) => answered(words, () => list(words, desk)),
  },
  drain: {
    usage: '<bk>/<srv> [json]',
    text: 'send no new work to a server, and end its tunnels',
    level: 'admin',
    run: (words, desk) => answered(words, () => drain(words, desk)),
  },
} as const satisfies Commands;

function list(words: readonly string[], desk: Desk): Answered {
  const name = words.find((word) => !asksForJson([word]));
  const found = name === undefined ? undefined : findServer(desk, name);
  if (typeof found === 'string') return { refused: found };
  const chosen = desk.router.tunnels.filter(({ server }) => found === undefined || server.key === found.server.key);
  const rows = chosen.map(rowOf);
  const lines = rows.map(({ kind, frontend, server, client, age, bytesIn, bytesOut }) =>
    [kind, frontend, server, client, age, bytesIn, bytesOut].join(' '),
  );
  return { text: [HEADER, ...lines].map((line) => `${line}\n`).join(''), json: { tunnels: rows } };
}

function drain([name]: readonly string[], desk: Desk): Answered {
  const found = findServer(desk, name);
  if (typeof found === 'string') return { refused: found };
  found.backend.administer(found.server, 'drain');
  const left = of(desk, found.server);
  for (const tunnel of left) tunnel.leave();
  const { key, current } = found.server;
  return {
    text: `${current} requests are finishing, ${left.length} tunnels are ending.\n`,
    json: { server: key, requests: current, tunnels: left.length },
  };
}

function of({ router }: Desk, { key }: ServerRuntime): readonly OpenTunnel[] {
  return router.tunnels.filter(({ server }) => server.key === key);
}

function rowOf({ exchange, server, webSocket }: OpenTunnel) {
  const { client } = exchange.facts.connection;
  return {
    kind: webSocket ? 'websocket' : 'tunnel',
    frontend: exchange.context.config.name,
    server: server.key,
    client: `${client.address}:${client.port}`,
    age: Math.floor(exchange.age / 1000),
    bytesIn: exchange.bytesFromClient,
    bytesOut: exchange.bytesToClient,
  };
}
