import { send } from '../attack.ts';
import type { Attack } from '../attack.ts';

export const credentials: Attack = {
  kind: 'spoof',
  title: 'proxy credentials and hop-by-hop headers reach the server',
  async run(t, victim) {
    const client = await send(
      t,
      victim,
      'GET /hop HTTP/1.1\r\nHost: a\r\nConnection: close, X-Mine\r\nX-Mine: 1\r\nProxy-Authorization: Basic eA==\r\nTE: gzip\r\n\r\n',
    );
    await client.ended().catch(() => undefined);
    const head = victim.origin.to('/hop')[0]?.head ?? '';
    const passed = ['Proxy-Authorization', 'X-Mine', 'TE'].filter((name) => new RegExp(`^${name}:`, 'im').test(head));
    return passed.length === 0 ? undefined : `passes ${passed.join(', ')} on`;
  },
};
