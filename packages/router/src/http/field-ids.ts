/**
 * Fields that the data path itself interprets, as small integers: a name is recognised once, where it is read, and
 * compared as a number from then on. Any other name is 0, and is compared by its bytes only when a rule asks for it.
 */

export const OTHER = 0;
export const CONNECTION = 1;
export const KEEP_ALIVE = 2;
export const PROXY_CONNECTION = 3;
export const PROXY_AUTHENTICATE = 4;
export const PROXY_AUTHORIZATION = 5;
export const TE = 6;
export const TRANSFER_ENCODING = 7;
export const UPGRADE = 8;
/** Ids from 1 to this one are hop-by-hop (RFC 9110 §7.6.1). Ids stay below 32, so that a set of them is one integer. */
const LAST_HOP_BY_HOP = UPGRADE;
export const HOST = 9;
export const CONTENT_LENGTH = 10;
export const TRAILER = 11;
export const EXPECT = 12;
export const MAX_FORWARDS = 13;
export const COOKIE = 14;
export const SET_COOKIE = 15;
export const X_FORWARDED_FOR = 16;
export const AUTHORIZATION = 17;
export const WWW_AUTHENTICATE = 18;
export const USER_AGENT = 19;
export const REFERER = 20;
export const ORIGIN = 21;
export const ACCEPT = 22;
export const ACCEPT_ENCODING = 23;
export const ACCEPT_LANGUAGE = 24;
export const CONTENT_TYPE = 25;
export const X_FORWARDED_PROTO = 26;
export const X_FORWARDED_HOST = 27;
/** A bit for each hop-by-hop field. */
export const HOP_BY_HOP = (2 << LAST_HOP_BY_HOP) - 2;
/** Becomes Content-Length or Transfer-Encoding in servers that turn names into environment variables (CGI, WSGI, Rack). */
export const LOOK_ALIKE = 31;

const names: readonly string[] = [
  '',
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'transfer-encoding',
  'upgrade',
  'host',
  'content-length',
  'trailer',
  'expect',
  'max-forwards',
  'cookie',
  'set-cookie',
  'x-forwarded-for',
  'authorization',
  'www-authenticate',
  'user-agent',
  'referer',
  'origin',
  'accept',
  'accept-encoding',
  'accept-language',
  'content-type',
  'x-forwarded-proto',
  'x-forwarded-host',
];

/** Lower case, with `_` as `-`, so that a look-alike has the hash of the field it imitates. */
const folded = new Uint8Array(256);
for (let byte = 0; byte < 256; byte += 1) folded[byte] = byte >= 65 && byte <= 90 ? byte + 32 : byte === 95 ? 45 : byte;

const MASK = 127;
const bytesOf: readonly Buffer[] = names.map((name) => Buffer.from(name));
/** Hash → id. `registry` throws when two names share a hash. */
const byHash = registry();

function hash(length: number, first: number, last: number): number {
  return (length + first + last * 5) & MASK;
}

function registry(): Uint8Array {
  const table = new Uint8Array(MASK + 1);
  for (const [id, bytes] of bytesOf.entries()) {
    if (id === OTHER) continue;
    const at = hash(bytes.length, bytes[0]!, bytes[bytes.length - 1]!);
    if (table[at] !== 0) throw new Error(`field names ${names[table[at]!]} and ${names[id]} share a hash`);
    table[at] = id;
  }
  return table;
}

/** The id of the name in these bytes, in any case; OTHER when it is not in the table; LOOK_ALIKE for `content_length` and similar. */
export function fieldId(bytes: Buffer, from: number, to: number): number {
  const length = to - from;
  const id = byHash[hash(length, folded[bytes[from]!]!, folded[bytes[to - 1]!]!)]!;
  if (id === OTHER) return OTHER;
  const model = bytesOf[id]!;
  if (model.length !== length) return OTHER;
  let underscore = false;
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[from + at]!;
    if (folded[byte] !== model[at]) return OTHER;
    if (byte === 95) underscore = true;
  }
  if (!underscore) return id;
  return id === CONTENT_LENGTH || id === TRANSFER_ENCODING ? LOOK_ALIKE : OTHER;
}

/** The id of a lower-case name. */
export function idOfName(name: string): number {
  const { length } = name;
  if (length === 0) return OTHER;
  const id = byHash[hash(length, name.charCodeAt(0), name.charCodeAt(length - 1))]!;
  return names[id] === name ? id : OTHER;
}
