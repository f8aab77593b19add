import { send, survives } from '../attack.ts';
import type { Attack } from '../attack.ts';

export const trailer: Attack = {
  kind: 'kill',
  title: 'a request with `Trailer: x`',
  async run(t, victim) {
    const client = await send(
      t,
      victim,
      'POST / HTTP/1.1\r\nHost: a\r\nTrailer: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    );
    await client.ended().catch(() => undefined);
    return survives(t, victim);
  },
};
