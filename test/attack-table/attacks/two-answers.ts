import { send } from '../attack.ts';
import type { Attack } from '../attack.ts';

export const twoAnswers: Attack = {
  kind: 'smuggle',
  title: 'a server that sends two responses: the second for the next client',
  async run(t, victim) {
    victim.origin.replies.set(
      '/twice',
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\noneHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond',
    );
    for (let round = 0; round < 5; round += 1) {
      const first = await send(t, victim, 'GET /twice HTTP/1.1\r\nHost: a\r\n\r\n');
      await first.expect(/one$|second/).catch(() => undefined);
      const next = await send(t, victim, 'GET /next HTTP/1.1\r\nHost: a\r\n\r\n');
      await next.expect(/ok$|second|HTTP\/1\.1 5/).catch(() => undefined);
      if (next.text.includes('second')) return 'the next client gets it';
    }
    return undefined;
  },
};
