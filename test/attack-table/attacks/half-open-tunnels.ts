import { HANDSHAKE, PATIENCE, SWITCH, happens, send } from '../attack.ts';
import type { Attack } from '../attack.ts';
import { socketsOf } from '../../support/sockets.ts';
import { until } from '../../support/until.ts';

const TUNNELS = 10;

export const halfOpenTunnels: Attack = {
  kind: 'leak',
  title: 'tunnels whose client closed and whose server does not',
  async run(t, victim) {
    const { origin } = victim;
    const warm = await send(t, victim, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await warm.ended();
    warm.socket.destroy();
    const idle = await socketsOf(victim.process.pid);
    origin.replies.set('/chat', (_, connection) => connection.send(SWITCH));
    const clients = await Promise.all(Array.from({ length: TUNNELS }, () => send(t, victim, HANDSHAKE)));
    await Promise.all(clients.map((client) => client.expect('\r\n\r\n', PATIENCE)));
    for (const client of clients) client.end();
    const left = async (): Promise<number> => (await socketsOf(victim.process.pid)) - idle;
    const freed = await happens(until('the sockets to be back', async () => (await left()) <= 0, PATIENCE));
    return freed ? undefined : `${await left()} of ${2 * TUNNELS} sockets stay open`;
  },
};
