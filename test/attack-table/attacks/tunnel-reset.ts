import { HANDSHAKE, PATIENCE, SWITCH, happens, send, survives } from '../attack.ts';
import type { Attack } from '../attack.ts';

export const tunnelReset: Attack = {
  kind: 'kill',
  title: 'resets by either end of open tunnels',
  async run(t, victim) {
    victim.origin.replies.set('/chat', (_, connection) => connection.send(SWITCH));
    for (const side of ['client', 'server', 'client', 'server'] as const) {
      const client = await send(t, victim, HANDSHAKE);
      await happens(client.expect('\r\n\r\n', PATIENCE));
      const server = victim.origin.to('/chat').at(-1)?.connection;
      client.send('x'.repeat(100_000));
      if (side === 'client') client.reset();
      else server?.reset();
      const other = side === 'client' ? server : client;
      if (other !== undefined) await happens(Promise.race([other.ended(PATIENCE), victim.process.exited]));
    }
    return survives(t, victim);
  },
};
