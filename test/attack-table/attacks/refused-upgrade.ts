import { HANDSHAKE, PATIENCE, happens, send } from '../attack.ts';
import type { Attack } from '../attack.ts';

export const refusedUpgrade: Attack = {
  kind: 'hang',
  title: 'a refused WebSocket with a chunked response',
  async run(t, victim) {
    victim.origin.replies.set('/chat', (_, connection) =>
      connection.send('HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n'),
    );
    const client = await send(t, victim, HANDSHAKE);
    const whole = await happens(client.expect(/no/, PATIENCE));
    await happens(client.expect(/\r\n0\r\n\r\n$/, PATIENCE));
    if (!whole) return 'no response';
    const announced = /transfer-encoding: chunked/i.test(client.text);
    return announced === client.text.endsWith('\r\n2\r\nno\r\n0\r\n\r\n')
      ? undefined
      : 'chunks are declared but not sent';
  },
};
