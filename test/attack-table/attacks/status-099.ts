import { PATIENCE, happens, send, survives } from '../attack.ts';
import type { Attack } from '../attack.ts';

export const status099: Attack = {
  kind: 'kill',
  title: 'a server that responds `HTTP/1.1 099`',
  async run(t, victim) {
    victim.origin.replies.set('/099', 'HTTP/1.1 099 What\r\nContent-Length: 0\r\n\r\n');
    const client = await send(t, victim, 'GET /099 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    await happens(client.ended(PATIENCE));
    return survives(t, victim);
  },
};
