import { createCipheriv, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TestContext } from 'node:test';
import { onCleanup } from './cleanup.ts';
import { settled } from './until.ts';

/** The content of a flood: one-byte records, or KeyUpdates that request none in return, or one. */
export type Flood = 'bytes' | 'key-updates' | 'key-updates-both-ways';

/** Opens a TLS 1.3 connection whose records can be forged, builds `count` of them, and returns a function that sends them in one burst. */
export async function prepareFlood(t: TestContext, port: number, flood: Flood, count: number): Promise<() => void> {
  const { raw, client, secret } = await openForged(t, port);
  client.resume();
  const records =
    flood === 'bytes' ? oneByteRecords(secret, Buffer.alloc(count, 'x')) : keyUpdates(secret, count, flood);
  return () => void raw.write(records);
}

/** Sends `text` in TLS records of one byte each, all in one burst. The stream yields what is sent back. */
export async function sendInOneByteRecords(t: TestContext, port: number, text: string): Promise<TLSSocket> {
  const { raw, client, secret } = await openForged(t, port);
  raw.write(oneByteRecords(secret, Buffer.from(text, 'latin1')));
  return client;
}

interface Forged {
  readonly raw: Socket;
  /** Only its receiving side is of use: its own records would repeat the sequence numbers of the forged ones. */
  readonly client: TLSSocket;
  readonly secret: Buffer;
}

async function openForged(t: TestContext, port: number): Promise<Forged> {
  const raw = connectTcp({ port, host: '127.0.0.1', noDelay: true });
  onCleanup(t, () => void raw.destroy());
  raw.on('error', () => {});
  const client = connect({
    socket: raw,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.3',
    ciphers: 'TLS_AES_128_GCM_SHA256',
  });
  client.on('error', () => {});
  let secret: Buffer | undefined;
  client.on('keylog', (line: Buffer) => {
    const [label, , value = ''] = line.toString().trim().split(' ');
    if (label === 'CLIENT_TRAFFIC_SECRET_0') secret = Buffer.from(value, 'hex');
  });
  await settled('the handshake', once(client, 'secureConnect'));
  // Its last message is sent after that event, and must precede the forged records.
  await nextTurn();
  if (secret === undefined) throw new Error('the runtime did not reveal the secret of the connection');
  return { raw, client, secret };
}

function oneByteRecords(secret: Buffer, content: Buffer): Buffer {
  const keys = keysOf(secret);
  return Buffer.concat(Array.from(content, (byte, sequence) => seal(keys, sequence, Buffer.of(byte), 23)));
}

/** RFC 8446 §7.2: each one is sealed with new keys. */
function keyUpdates(first: Buffer, count: number, flood: Flood): Buffer {
  const message = Buffer.from([24, 0, 0, 1, flood === 'key-updates' ? 0 : 1]);
  const records: Buffer[] = [];
  let secret = first;
  for (let index = 0; index < count; index += 1) {
    records.push(seal(keysOf(secret), 0, message, 22));
    secret = expand(secret, 'traffic upd', 32);
  }
  return Buffer.concat(records);
}

interface Keys {
  readonly key: Buffer;
  readonly iv: Buffer;
}

function keysOf(secret: Buffer): Keys {
  return { key: expand(secret, 'key', 16), iv: expand(secret, 'iv', 12) };
}

/** HKDF-Expand-Label with an empty context (RFC 8446 §7.1), of at most one hash. */
function expand(secret: Buffer, label: string, length: number): Buffer {
  const name = `tls13 ${label}`;
  const info = Buffer.concat([Buffer.from([0, length, name.length]), Buffer.from(name), Buffer.from([0, 1])]);
  return createHmac('sha256', secret).update(info).digest().subarray(0, length);
}

/** One record (RFC 8446 §5.2). */
function seal({ key, iv }: Keys, sequence: number, content: Buffer, type: number): Buffer {
  const nonce = Buffer.from(iv);
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ sequence) >>> 0, 8);
  const header = Buffer.from([23, 3, 3, 0, content.length + 1 + 16]);
  const cipher = createCipheriv('aes-128-gcm', key, nonce).setAAD(header);
  return Buffer.concat([
    header,
    cipher.update(Buffer.concat([content, Buffer.from([type])])),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
}
