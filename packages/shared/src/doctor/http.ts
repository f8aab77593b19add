import { randomBytes, createHash } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { encodeV1, encodeV2 } from '../proxy-protocol/encode.ts';
import { talk, type Place, type Talk } from './talk.ts';

const LOCAL = { address: '127.0.0.1', port: 9 };
/** RFC 6455 section 1.3. */
const WEB_SOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** How a server answers a request. */
export interface Reply {
  /** `http`: with a status; `tls`: in TLS; `other`: in something else; `closed`: not at all; `silent`: not in time; `refused`: no connection. */
  readonly kind: 'http' | 'tls' | 'other' | 'closed' | 'silent' | 'refused';
  readonly status: number;
  /** Seconds by which its clock, as its Date field has it, is ahead of ours. */
  readonly ahead: number | undefined;
  /** The system's code where the connection was refused. */
  readonly why: string | undefined;
}

export type Introduction = 0 | 1 | 2;

/** Sends `OPTIONS /`, which applications answer without doing anything, after a PROXY header of this version. */
export async function ask(place: Place, host: string, introduction: Introduction, over?: TLSSocket): Promise<Reply> {
  const request = `OPTIONS / HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: headgate-doctor\r\nConnection: close\r\n\r\n`;
  return judge(await talk(place, Buffer.concat([header(introduction), Buffer.from(request)]), hasHead, over));
}

/** Whether it is an answer in HTTP; 400 is what HTTP servers answer to a PROXY header that they do not expect. */
export function speaks({ kind, status }: Reply): boolean {
  return kind === 'http' && status !== 400;
}

/** Asks for a WebSocket at a path; the status of the answer, 0 for none, and whether the handshake is right. */
export async function upgrade(
  place: Place,
  host: string,
  path: string,
  introduction: Introduction,
  over?: TLSSocket,
): Promise<{ readonly status: number; readonly accepted: boolean }> {
  const key = randomBytes(16).toString('base64');
  const request =
    `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: headgate-doctor\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`;
  const reply = await talk(place, Buffer.concat([header(introduction), Buffer.from(request)]), hasHead, over);
  const { status } = judge(reply);
  const expected = createHash('sha1').update(`${key}${WEB_SOCKET_GUID}`).digest('base64');
  return { status, accepted: status === 101 && reply.text.includes(expected) };
}

function header(introduction: Introduction): Buffer {
  if (introduction === 0) return Buffer.alloc(0);
  const ends = { source: LOCAL, destination: LOCAL };
  return introduction === 1 ? encodeV1(ends) : encodeV2(ends);
}

/** A record of TLS: an alert, a handshake. */
function isTls(text: string): boolean {
  return text.charCodeAt(0) >= 0x14 && text.charCodeAt(0) <= 0x17 && text.charCodeAt(1) === 3;
}

function hasHead(text: string): boolean {
  return text.includes('\r\n\r\n');
}

function judge({ refused, text, silent }: Talk): Reply {
  const none = { status: 0, ahead: undefined, why: refused };
  if (refused !== undefined) return { ...none, kind: 'refused' };
  if (text === '') return { ...none, kind: silent ? 'silent' : 'closed' };
  const [, status] = /^HTTP\/1\.[01] (\d{3})/.exec(text) ?? [];
  if (status === undefined) return { ...none, kind: isTls(text) ? 'tls' : 'other' };
  const said = Date.parse(/^date: *(.+?) *\r$/im.exec(text)?.[1] ?? '');
  return {
    kind: 'http',
    status: Number(status),
    ahead: Number.isNaN(said) ? undefined : (said - Date.now()) / 1000,
    why: undefined,
  };
}
