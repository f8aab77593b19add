import { createHash, randomBytes } from 'node:crypto';
import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls, createSecureContext } from 'node:tls';
import type { Reach } from '../measure/sample.ts';

/** A binary frame of 100 bytes, masked with zeros so that bench/programs/origin.mjs need not unmask it (RFC 6455 §5.2). */
export const FRAME = Buffer.concat([Buffer.from([0x82, 0x80 | 100, 0, 0, 0, 0]), Buffer.alloc(100, 'x')]);
/** Size of the echoed frame in bytes. */
export const ECHO = 102;

const LIMIT = 60_000;
let opened = 0;
const context = createSecureContext({});

/** Opens one WebSocket through a contender, as ws:// or wss://. Rejects unless a valid 101 is received. */
export function openTunnel({ port, tls }: Pick<Reach, 'port' | 'tls'>): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const at = { host: '127.0.0.1', port, noDelay: true };
    const socket = tls
      ? connectTls({ ...at, secureContext: context, servername: 'dev-maps01', rejectUnauthorized: false })
      : connectTcp(at);
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    opened += 1;
    const key = randomBytes(16).toString('base64');
    let head = '';
    const read = (data: Buffer): void => {
      head += data.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      if (!head.startsWith('HTTP/1.1 101') || !head.includes(accept))
        return fail(new Error(`no tunnel: ${head.split('\r\n', 1)[0] ?? ''}`));
      socket.off('data', read).off('close', closed).setTimeout(0);
      resolve(socket);
    };
    const closed = (): void => fail(new Error(`closed before the tunnel was open ${head}`));
    socket.on('error', fail).on('close', closed).on('data', read).setTimeout(LIMIT, closed);
    // A browser's header fields, with a new session for each tunnel.
    socket.write(
      [
        `GET /live?session=${opened} HTTP/1.1`,
        'Host: dev-maps01',
        'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
        'Accept: */*',
        'Accept-Language: en-GB,en;q=0.8,de;q=0.5',
        'Accept-Encoding: gzip, deflate, br',
        'Sec-WebSocket-Version: 13',
        'Origin: https://dev-maps01',
        `Sec-WebSocket-Key: ${key}`,
        'Connection: Upgrade',
        `Cookie: session=${randomBytes(16).toString('hex')}; theme=dark; seen=${opened}`,
        'Upgrade: websocket',
        '\r\n',
      ].join('\r\n'),
    );
  });
}

/** Opens the given number, a few at a time. When one fails all are closed and the error is thrown. */
export async function openTunnels(reach: Reach, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  let asked = 0;
  const open = async (): Promise<void> => {
    while (asked < count) {
      asked += 1;
      sockets.push(await openTunnel(reach));
    }
  };
  try {
    await Promise.all(Array.from({ length: 32 }, open));
    return sockets;
  } catch (error) {
    asked = count;
    for (const socket of sockets) socket.destroy();
    throw error;
  }
}

/** Sends one frame and waits for its echo. Throws when it differs. */
export async function verifyTunnel(reach: Reach): Promise<void> {
  const socket = await openTunnel(reach);
  const got = await new Promise<Buffer>((resolve, reject) => {
    let all = Buffer.alloc(0);
    socket
      .once('close', () => reject(new Error('closed instead of an echo')))
      .setTimeout(LIMIT, () => socket.destroy());
    socket.on('data', (data: Buffer) => {
      all = Buffer.concat([all, data]);
      if (all.length >= ECHO) resolve(all);
    });
    socket.write(FRAME);
  }).finally(() => socket.destroy());
  if (!got.equals(Buffer.concat([Buffer.from([0x82, 100]), Buffer.alloc(100, 'x')])))
    throw new Error('a WebSocket message came back changed');
}
