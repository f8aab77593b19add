import type { TestContext } from 'node:test';
import { PATIENCE, happens, send } from '../attack.ts';
import type { Attack, Victim } from '../attack.ts';
import { openRaw } from '../../support/raw.ts';
import { socketsOf } from '../../support/sockets.ts';
import { until } from '../../support/until.ts';

const LIMIT = 256;
const CROWD = 400;

const ASK = 'GET /asked HTTP/1.1\r\nHost: a\r\n\r\n';

export const descriptors: Attack = {
  kind: 'exhaust',
  title: `${CROWD} silent connections under a limit of ${LIMIT} open files`,
  options: { descriptors: LIMIT },
  async run(t, victim) {
    // A server connection that is kept would hide that there is no descriptor for another.
    victim.origin.otherwise = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok';
    const early = await send(t, victim, ASK);
    await early.expect(/ok$/);
    // It must not be cut for its own silence.
    const asking = setInterval(() => early.send(ASK), 300);
    for (let index = 0; index < CROWD; index += 1) void happens(openRaw(t, victim.port));
    // Not all of them get a connection where the accept queue is full.
    await happens(until('the crowd to be let in', steady(victim), PATIENCE));
    clearInterval(asking);
    const before = early.text.length;
    early.send(ASK);
    await happens(
      until('another response', () => early.text.length > before && /ok$|5\d\d /.test(early.text), PATIENCE),
    );
    if (!victim.process.running) return 'the process dies';
    const response = early.text.slice(before);
    if (!response.endsWith('ok')) return `a client that was there before gets ${told(response)}`;
    // The crowd stays. Where silent clients are cut off after a second, there is room for others then.
    const served = await happens(until('a later client to be served', () => serves(t, victim), PATIENCE));
    if (!victim.process.running) return 'the process dies';
    return served ? undefined : 'later clients are not served';
  },
};

/** It accepts no more: a hundred milliseconds long it has as many sockets. */
function steady({ process }: Victim): () => Promise<boolean> {
  let [before, looks] = [0, 0];
  return async () => {
    const now = await socketsOf(process.pid);
    looks = now === before ? looks + 1 : 0;
    before = now;
    return looks === 20;
  };
}

function told(text: string): string {
  return /HTTP\/1\.1 (5\d\d) /.exec(text)?.[1] ?? 'no response';
}

async function serves(t: TestContext, victim: Victim): Promise<boolean> {
  const client = await send(t, victim, ASK).catch(() => undefined);
  return client !== undefined && happens(client.expect(/ok$/, PATIENCE));
}
