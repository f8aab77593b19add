import { PATIENCE, happens, send } from '../attack.ts';
import type { Attack } from '../attack.ts';

export const controlBytes: Attack = {
  kind: 'smuggle',
  title: 'NUL and control bytes in a header',
  async run(t, victim) {
    for (const byte of ['\0', '\x01', '\x0b', '\x7f']) {
      const client = await send(
        t,
        victim,
        `GET /control HTTP/1.1\r\nHost: a\r\nX-Odd: a${byte}b\r\nConnection: close\r\n\r\n`,
      );
      await happens(client.ended(PATIENCE));
    }
    const passed = victim.origin.to('/control').length;
    return passed === 0 ? undefined : `${passed} of 4 are forwarded`;
  },
};
