import { PATIENCE, happens, send } from '../attack.ts';
import type { Attack } from '../attack.ts';
import { until } from '../../support/until.ts';

const CLIENTS = 20;

export const abortedRequests: Attack = {
  kind: 'leak',
  title: 'clients that disconnect before their response',
  async run(t, victim) {
    const { origin } = victim;
    origin.replies.set('/held', () => {});
    const clients = await Promise.all(
      Array.from({ length: CLIENTS }, () => send(t, victim, 'GET /held HTTP/1.1\r\nHost: a\r\n\r\n')),
    );
    await until('the requests', () => origin.to('/held').length === CLIENTS);
    for (const client of clients) client.reset();
    const open = (): number => origin.to('/held').filter(({ connection }) => connection.ending === undefined).length;
    const freed = await happens(until('the server connections to end', () => open() === 0, PATIENCE));
    return freed ? undefined : `${open()} of ${CLIENTS} server connections stay open`;
  },
};
