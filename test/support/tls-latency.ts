import { once } from 'node:events';
import { connect } from 'node:tls';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { onCleanup } from './cleanup.ts';
import type { Latency } from './fairness.ts';
import { prepareFlood } from './tls-flood.ts';
import type { Flood } from './tls-flood.ts';

export interface FloodedTls {
  readonly port: number;
  readonly flood: Flood;
  readonly attackers: number;
  /** Records of each attacker, sent in one burst. */
  readonly records: number;
  /** Milliseconds for which another client connects again and again. */
  readonly during: number;
}

/**
 * What another client of a terminator waits (connection, handshake and answer) while attackers keep it busy; undefined when one
 * of its visits was not answered within ten seconds.
 */
export async function tlsLatencyDuring(t: TestContext, parts: FloodedTls): Promise<Latency | undefined> {
  const { port, flood, attackers, records, during } = parts;
  const floods = [];
  for (let index = 0; index < attackers; index += 1) floods.push(await prepareFlood(t, port, flood, records));
  for (const send of floods) send();
  return visits(t, port, during);
}

/** What a client of a terminator waits that connects again and again for `during` milliseconds; undefined when it was not served. */
export async function visits(t: TestContext, port: number, during: number): Promise<Latency | undefined> {
  const times: number[] = [];
  const end = performance.now() + during;
  while (performance.now() < end) {
    const before = performance.now();
    if (!(await visit(t, port))) return undefined;
    times.push(performance.now() - before);
  }
  times.sort((one, other) => one - other);
  return { median: times[times.length >> 1] ?? 0, slowest: times.at(-1) ?? 0 };
}

/** Whether a client is answered within ten seconds. */
async function visit(t: TestContext, port: number): Promise<boolean> {
  const client = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  onCleanup(t, () => void client.destroy());
  client.on('error', () => {});
  client.on('secureConnect', () => client.write('?'));
  const answered = once(client, 'data').then(
    () => true,
    () => false,
  );
  const result = await Promise.race([answered, pause(10_000, false, { ref: false })]);
  client.destroy();
  return result;
}
