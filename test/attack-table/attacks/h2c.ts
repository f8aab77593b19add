import { PATIENCE, happens, send } from '../attack.ts';
import type { Attack } from '../attack.ts';

export const h2c: Attack = {
  kind: 'smuggle',
  title: '`Upgrade: h2c`, a tunnel that bypasses the rules',
  async run(t, victim) {
    victim.origin.replies.set('/h2c', (request, connection) =>
      connection.send(
        /^upgrade: h2c/im.test(request.head)
          ? 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'
          : 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      ),
    );
    const client = await send(
      t,
      victim,
      'GET /h2c HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
    );
    await happens(client.expect('\r\n\r\n', PATIENCE));
    return client.text.startsWith('HTTP/1.1 101') ? 'the tunnel opens' : undefined;
  },
};
