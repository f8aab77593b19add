import { more } from './more.ts';
import type { More } from './more.ts';

/** The header of a connection request of RDP ([MS-RDPBCGR] §2.2.1.1): TPKT, 4 bytes, and X.224, 7 bytes. */
const HEADER = 11;
/** A cookie is not longer: the length of the request is one byte. */
const MOST = 256;

/**
 * The value of the cookie of an RDP client, `Cookie: mstshash=NAME`; of any name where none is given. `more`: these bytes may be the
 * beginning of one; undefined: they are not. `text` is latin1. Pure.
 */
export function rdpCookie(text: string, name = ''): string | More | undefined {
  if (text.length <= HEADER) return text === '' || text.startsWith('\x03') ? more : undefined;
  const line = text.slice(HEADER, HEADER + MOST);
  const end = line.indexOf('\r\n');
  const known = end < 0 ? line : line.slice(0, end);
  const start = 'cookie:';
  if (!start.startsWith(known.slice(0, start.length).toLowerCase())) return undefined;
  if (end < 0) return line.length < MOST ? more : undefined;
  const [, found = '', value] = /^cookie: *([^=]*)=(.*)$/is.exec(known) ?? [];
  if (value === undefined || (name !== '' && found.toLowerCase() !== name.toLowerCase())) return undefined;
  return value;
}

/** The IPv4 address and port in the cookie of a session broker, `3640205228.15629.0000`: numbers whose lowest byte comes first. */
export function brokeredAddress(cookie: string): { readonly host: string; readonly port: number } | undefined {
  const [, address, port] = /^(\d{1,10})\.(\d{1,5})\./.exec(cookie) ?? [];
  if (address === undefined || Number(address) > 0xff_ff_ff_ff || Number(port) > 0xff_ff) return undefined;
  const bytes = Buffer.allocUnsafe(6);
  bytes.writeUInt32LE(Number(address), 0);
  bytes.writeUInt16LE(Number(port), 4);
  return { host: [...bytes.subarray(0, 4)].join('.'), port: bytes.readUInt16BE(4) };
}
