import { HANDSHAKE, PATIENCE, happens, send, survives } from '../attack.ts';
import type { Attack } from '../attack.ts';
import { until } from '../../support/until.ts';

export const handshakeReset: Attack = {
  kind: 'kill',
  title: 'a reset in the middle of a WebSocket handshake',
  async run(t, victim) {
    const { origin } = victim;
    origin.replies.set('/chat', () => {});
    for (let round = 1; round <= 5 && victim.process.running; round += 1) {
      const client = await send(t, victim, HANDSHAKE).catch(() => undefined);
      if (client === undefined) break;
      await happens(until('the handshake at the server', () => origin.to('/chat').length >= round, PATIENCE));
      client.reset();
      const server = origin.to('/chat').at(-1)?.connection;
      if (server === undefined) break;
      // The answer comes too late, as from a server that looks up a password first.
      server.send('HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno');
      await happens(Promise.race([server.ended(PATIENCE), victim.process.exited]));
    }
    return survives(t, victim);
  },
};
