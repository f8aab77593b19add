import { PATIENCE, happens, send } from '../attack.ts';
import type { Attack } from '../attack.ts';

export const diesInAnswer: Attack = {
  kind: 'hang',
  title: 'a server that dies in the middle of a response',
  async run(t, victim) {
    victim.origin.replies.set('/half', (_, connection) =>
      connection.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'),
    );
    const client = await send(t, victim, 'GET /half HTTP/1.1\r\nHost: a\r\n\r\n');
    await happens(client.expect(/half$/));
    victim.origin.to('/half')[0]?.connection.end();
    return (await happens(client.ended(PATIENCE))) ? undefined : 'the client waits indefinitely';
  },
};
