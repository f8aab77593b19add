import { PATIENCE, happens, send, survives } from '../attack.ts';
import type { Attack } from '../attack.ts';
import { flood } from '../floods.ts';
import { memoryOf, socketsOf } from '../../support/sockets.ts';
import { until } from '../../support/until.ts';

const CLIENTS = 100;
/** Bytes for each client. */
const TOLERABLE = 1024 * 1024;

export const deafClients: Attack = {
  kind: 'exhaust',
  title: `${CLIENTS} clients that read nothing of a response without end`,
  async run(t, victim) {
    const warm = await send(t, victim, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await warm.ended();
    const idle = await socketsOf(victim.process.pid);
    const before = await memoryOf(victim.process.pid);
    let most = 0;
    victim.origin.replies.set('/endless', (_, { socket }) => {
      flood(socket, 'x'.repeat(65_536), 'HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n');
    });
    for (let index = 0; index < CLIENTS; index += 1) {
      const client = await send(t, victim, 'GET /endless HTTP/1.1\r\nHost: a\r\n\r\n');
      client.socket.pause();
    }
    const gone = await happens(
      until(
        'their end',
        async () => {
          if (!victim.process.running) return true;
          most = Math.max(most, (await memoryOf(victim.process.pid)) - before);
          return victim.origin.to('/endless').length === CLIENTS && (await socketsOf(victim.process.pid)) <= idle;
        },
        4 * PATIENCE,
      ),
    );
    const state = await survives(t, victim);
    if (state !== undefined) return state;
    if (most > CLIENTS * TOLERABLE) return `${Math.round(most / CLIENTS / 1024)} kB for each`;
    return gone ? undefined : 'the connections stay open';
  },
};
