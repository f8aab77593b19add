import { PATIENCE, happens, send } from '../attack.ts';
import type { Attack } from '../attack.ts';

export const silentServer: Attack = {
  kind: 'hang',
  title: 'a server that never responds',
  async run(t, victim) {
    victim.origin.replies.set('/silent', () => {});
    const client = await send(t, victim, 'GET /silent HTTP/1.1\r\nHost: a\r\n\r\n');
    const answered = await happens(client.expect(/^HTTP\/1\.1 504 /, PATIENCE));
    return answered ? undefined : client.ending === undefined ? 'the client waits indefinitely' : 'no response';
  },
};
