import { PATIENCE, happens, send } from '../attack.ts';
import type { Attack } from '../attack.ts';

export const unknownUpgrade: Attack = {
  kind: 'hang',
  title: "an offer to upgrade that the server ignores (Java's client)",
  async run(t, victim) {
    const client = await send(
      t,
      victim,
      'GET /java HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
    );
    const answered = await happens(client.expect(/^HTTP\/1\.1 200 [^]*ok$/, PATIENCE));
    return answered ? undefined : 'no response';
  },
};
