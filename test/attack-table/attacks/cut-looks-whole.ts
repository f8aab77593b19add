import { PATIENCE, happens, send } from '../attack.ts';
import type { Attack } from '../attack.ts';

export const cutLooksWhole: Attack = {
  kind: 'hang',
  title: 'a chunked response cut short by its server',
  async run(t, victim) {
    victim.origin.replies.set('/cut', (_, connection) =>
      connection.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'),
    );
    const client = await send(t, victim, 'GET /cut HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.expect('half');
    victim.origin.to('/cut')[0]?.connection.end();
    const ended = await happens(client.ended(PATIENCE));
    if (client.text.endsWith('\r\n0\r\n\r\n')) return 'looks complete';
    return ended ? undefined : 'the client waits indefinitely';
  },
};
