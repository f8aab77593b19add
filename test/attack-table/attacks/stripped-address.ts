import { send } from '../attack.ts';
import type { Attack } from '../attack.ts';

export const strippedAddress: Attack = {
  kind: 'spoof',
  title: '`Connection: X-Forwarded-For` to strip the address',
  async run(t, victim) {
    const client = await send(
      t,
      victim,
      'GET /strip HTTP/1.1\r\nHost: a\r\nConnection: close, X-Forwarded-For\r\n\r\n',
    );
    await client.ended().catch(() => undefined);
    const head = victim.origin.to('/strip')[0]?.head;
    if (head === undefined) return undefined;
    if (/^connection:.*x-forwarded-for/im.test(head))
      return 'the option is forwarded: the next proxy removes the address';
    return /^x-forwarded-for:.*127\.0\.0\.1\r$/im.test(head) ? undefined : 'the address is lost';
  },
};
