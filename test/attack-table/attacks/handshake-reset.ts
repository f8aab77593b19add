import { HANDSHAKE, PATIENCE, happens, send, survives } from '../attack.ts';
import type { Attack } from '../attack.ts';
import { until } from '../../support/until.ts';

export const handshakeReset: Attack = {
  kind: 'kill',
  title: 'a reset in the middle of a WebSocket handshake',
  async run(t, victim) {
    const { origin } = victim;
    origin.replies.set(
      '/chat',
      (_, connection) => void setTimeout(() => connection.send('HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno'), 50),
    );
    for (let round = 1; round <= 5 && victim.process.running; round += 1) {
      const client = await send(t, victim, HANDSHAKE).catch(() => undefined);
      if (client === undefined) break;
      await happens(until('the handshake at the server', () => origin.to('/chat').length >= round, PATIENCE));
      client.reset();
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    return survives(t, victim);
  },
};
