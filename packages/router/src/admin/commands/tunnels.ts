import { counted } from '@headgate/shared/process/counted';
import type { OpenTunnel } from '../../engine/tunnels.ts';
import type { Commands } from '../command.ts';
import { findServer, serverTunnels, type Desk } from '../desk.ts';
import { answered, type Answered } from '../json-answer.ts';

const HEADER = '# kind frontend backend/server client age_s bytes_in bytes_out';

export const tunnels = {
  'show tunnels': {
    usage: '[<bk>/<srv>] [json]',
    text: 'list open WebSockets and other tunnels',
    level: 'operator',
    run: (words, desk) => answered(words, (others) => list(others, desk)),
  },
  drain: {
    usage: '<bk>/<srv> [json]',
    text: 'send no new work to a server, and end its tunnels',
    level: 'admin',
    counted: true,
    run: (words, desk) => answered(words, (others) => drain(others, desk)),
  },
} as const satisfies Commands;

async function list([name]: readonly string[], desk: Desk): Promise<Answered> {
  const found = name === undefined ? undefined : findServer(desk, name);
  if (typeof found === 'string') return { refused: found };
  const chosen = found === undefined ? desk.router.tunnels : serverTunnels(desk, found.server);
  const others =
    (await desk.sharing?.everywhere(['show', 'tunnels', ...(name === undefined ? [] : [name]), 'json'])) ?? [];
  const rows = [
    ...chosen.map(rowOf),
    ...others.flatMap((answer) => (JSON.parse(answer) as { tunnels: Row[] }).tunnels),
  ];
  const lines = rows.map(({ kind, frontend, server, client, age, bytesIn, bytesOut }) =>
    [kind, frontend, server, client, age, bytesIn, bytesOut].join(' '),
  );
  return { text: [HEADER, ...lines].map((line) => `${line}\n`).join(''), json: { tunnels: rows } };
}

async function drain([name]: readonly string[], desk: Desk): Promise<Answered> {
  const found = findServer(desk, name);
  if (typeof found === 'string') return { refused: found };
  found.backend.administer(found.server, 'drain');
  const left = serverTunnels(desk, found.server);
  for (const tunnel of left) tunnel.leave();
  const { key, current } = found.server;
  const others = (await desk.sharing?.everywhere(['drain', key, 'json'])) ?? [];
  const ending = others.reduce((sum, answer) => sum + (JSON.parse(answer) as { tunnels: number }).tunnels, left.length);
  // Each tunnel began as a request, and holds its place.
  const requests = Math.max(0, current - ending);
  return {
    text: `${counted(requests, 'request')} ${requests === 1 ? 'is' : 'are'} finishing, ${counted(ending, 'tunnel')} ${ending === 1 ? 'is' : 'are'} ending.\n`,
    json: { server: key, requests, tunnels: ending },
  };
}

type Row = ReturnType<typeof rowOf>;

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
