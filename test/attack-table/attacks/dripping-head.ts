import { PATIENCE, happens, send } from '../attack.ts';
import type { Attack } from '../attack.ts';
import { onCleanup } from '../../support/cleanup.ts';

/** Milliseconds from byte to byte: far below a timeout that each byte restarts. */
const PACE = 50;

export const drippingHead: Attack = {
  kind: 'hang',
  title: 'a server that sends its head byte by byte, for as long as it may',
  async run(t, victim) {
    victim.origin.replies.set('/drip', (_, { socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nX-Long: ');
      const timer = setInterval(() => void (socket.writable && socket.write('x')), PACE);
      onCleanup(t, () => clearInterval(timer));
    });
    const client = await send(t, victim, 'GET /drip HTTP/1.1\r\nHost: a\r\n\r\n');
    const answered = await happens(client.expect(/^HTTP\/1\.1 50\d /, PATIENCE));
    return answered ? undefined : client.ending === undefined ? 'the client waits for as long' : 'no response';
  },
};
