import { PATIENCE, happens, send, survives } from '../attack.ts';
import type { Attack } from '../attack.ts';
import { flood, stalled } from '../floods.ts';
import { until } from '../../support/until.ts';

const HINT = 'HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n'.repeat(500);

export const endlessInterim: Attack = {
  kind: 'exhaust',
  title: 'a server that sends interim responses without end to a client that reads nothing',
  async run(t, victim) {
    victim.origin.replies.set('/hints', (_, { socket }) => flood(socket, HINT));
    const client = await send(t, victim, 'GET /hints HTTP/1.1\r\nHost: a\r\n\r\n');
    client.socket.pause();
    const { connection } = await victim.origin.head('/hints');
    const taken = await stalled(connection.socket);
    if (taken !== undefined) return `takes ${taken} MB and more of them`;
    const ended = await happens(until('the end of the exchange', () => connection.ending !== undefined, 3 * PATIENCE));
    return (await survives(t, victim)) ?? (ended ? undefined : 'the connections stay open');
  },
};
