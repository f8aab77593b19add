import { PATIENCE, happens, send } from '../attack.ts';
import type { Attack } from '../attack.ts';
import { until } from '../../support/until.ts';

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
    const surplus = (): boolean => victim.origin.to('/smuggled').length > 0;
    await happens(until('the end of it', () => client.ending !== undefined || surplus(), PATIENCE));
    const told = victim.origin.to('/both')[0];
    if (told !== undefined && /^content-length:/im.test(told.head) && /^transfer-encoding:/im.test(told.head))
      return 'both are forwarded';
    return surplus() ? 'the surplus is served as a request' : undefined;
  },
};
