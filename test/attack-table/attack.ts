import type { TestContext } from 'node:test';
import type { Origin } from '../support/origin.ts';
import { openRaw } from '../support/raw.ts';
import type { RawSocket } from '../support/raw.ts';
import type { TestProcess } from '../support/process.ts';
import { PATIENCE as FACTOR, settled } from '../support/until.ts';
import type { Row } from './table.ts';

/** A proxy under attack and the scripted server it forwards to. */
export interface Victim {
  readonly port: number;
  readonly process: TestProcess;
  readonly origin: Origin;
}

/** One attack by a client or a broken server. */
export type Attack = Row<Victim>;

/** Time limit for a proxy, in milliseconds: where it has timeouts, they are set to one second. */
export const PATIENCE = 8000 / FACTOR;

export const HANDSHAKE =
  'GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
export const SWITCH =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n';

/** Sends bytes and returns the connection. */
export async function send(t: TestContext, victim: Victim, bytes: string): Promise<RawSocket> {
  const client = await openRaw(t, victim.port);
  client.send(bytes);
  return client;
}

/** True when `promise` resolves in time. */
export function happens(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  );
}

/** Whether the proxy still serves, for attacks that may kill it. */
export async function survives(t: TestContext, victim: Victim): Promise<string | undefined> {
  const served = await openRaw(t, victim.port).then(
    (client) => {
      client.send('GET /alive HTTP/1.1\r\nHost: a\r\n\r\n');
      return happens(client.expect(/ok$/, PATIENCE));
    },
    () => false,
  );
  if (!served) await happens(settled('its end', victim.process.exited, 1000 / FACTOR));
  if (!victim.process.running) return 'the process dies';
  return served ? undefined : 'stops serving';
}
