/** A ClientHello (RFC 9846 §4.1.2) read before, or instead of, OpenSSL: only what decides where the connection goes. Pure. */

export interface ClientHello {
  /** The version it names, 0x0303 for TLS 1.2 and later. */
  readonly version: number;
  /** The server name (RFC 6066 §3) as it was sent; undefined without one. */
  readonly serverName: string | undefined;
  /** The protocols offered (RFC 7301), in order. */
  readonly protocols: readonly string[];
  readonly offers: Offers;
}

/** What a client can do, by the numbers of IANA's registries, in its order. */
export interface Offers {
  /** Cipher suites. */
  readonly suites: readonly number[];
  /** Of the extension (RFC 9846 §4.2.1); empty without it. */
  readonly versions: readonly number[];
  readonly groups: readonly number[];
  readonly signatures: readonly number[];
  /** The kinds of extensions. */
  readonly extensions: readonly number[];
}

/** The largest message that is read: browsers' are 2 KiB with post-quantum keys. */
export const MOST_HELLO = 18 * 1024;

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const GROUPS = 10;
const SIGNATURES = 13;
const ALPN = 16;
const VERSIONS = 43;

/**
 * Reads the first bytes of a connection, whose message may be cut into any number of records, also empty ones (RFC 9846 §5.1).
 * 'more': they may be the beginning of one; undefined: they are not, or it is malformed or too large.
 */
export function readClientHello(bytes: Buffer): ClientHello | 'more' | undefined {
  const pieces: Buffer[] = [];
  let length = 0;
  let offset = 0;
  for (;;) {
    if (bytes.length > offset && bytes[offset] !== HANDSHAKE) return undefined;
    if (bytes.length > offset + 1 && bytes[offset + 1] !== 3) return undefined;
    if (bytes.length < offset + 5) return unfinished(bytes);
    const end = offset + 5 + bytes.readUInt16BE(offset + 3);
    const piece = bytes.subarray(offset + 5, end);
    pieces.push(piece);
    length += piece.length;
    const message = pieces.length === 1 ? piece : Buffer.concat(pieces);
    if (length > 0 && message[0] !== CLIENT_HELLO) return undefined;
    const size = length >= 4 ? message.readUIntBE(1, 3) : 0;
    if (size > MOST_HELLO) return undefined;
    if (length >= 4 && length >= 4 + size) return readMessage(message.subarray(4, 4 + size));
    if (end >= bytes.length) return unfinished(bytes);
    offset = end;
  }
}

function unfinished(bytes: Buffer): 'more' | undefined {
  return bytes.length >= MOST_HELLO ? undefined : 'more';
}

/** A cursor that refuses to read beyond the end. */
class Bytes {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#offset;
  }

  number(size: 1 | 2): number {
    return this.take(size).readUIntBE(0, size);
  }

  take(count: number): Buffer {
    if (count > this.left) throw new RangeError('a length points beyond the end');
    this.#offset += count;
    return this.#bytes.subarray(this.#offset - count, this.#offset);
  }

  /** A list after its own length. */
  list(size: 1 | 2): Bytes {
    return new Bytes(this.take(this.number(size)));
  }

  /** All that is left, as numbers of two bytes. */
  numbers(): readonly number[] {
    const all: number[] = [];
    while (this.left > 0) all.push(this.number(2));
    return all;
  }

  text(size: 1 | 2): string {
    return this.take(this.number(size)).toString('latin1');
  }
}

function readMessage(message: Buffer): ClientHello | undefined {
  try {
    const body = new Bytes(message);
    const version = body.number(2);
    body.take(32); // random
    body.list(1); // session id
    const suites = body.list(2).numbers();
    body.list(1); // compression
    let serverName: string | undefined;
    let protocols: readonly string[] = [];
    let versions: readonly number[] = [];
    let groups: readonly number[] = [];
    let signatures: readonly number[] = [];
    const kinds: number[] = [];
    const extensions = body.left === 0 ? new Bytes(Buffer.alloc(0)) : body.list(2);
    while (extensions.left > 0) {
      const type = extensions.number(2);
      kinds.push(type);
      const value = extensions.list(2);
      if (type === SERVER_NAME) serverName = readServerName(value);
      else if (type === ALPN) protocols = readProtocols(value.list(2));
      else if (type === VERSIONS) versions = value.list(1).numbers();
      else if (type === GROUPS) groups = value.list(2).numbers();
      else if (type === SIGNATURES) signatures = value.list(2).numbers();
    }
    return { version, serverName, protocols, offers: { suites, versions, groups, signatures, extensions: kinds } };
  } catch {
    return undefined;
  }
}

/** The host name in the extension (RFC 6066 §3): type 0, then its length and bytes. */
function readServerName(value: Bytes): string | undefined {
  const names = value.list(2);
  return names.number(1) === 0 ? names.text(2) : undefined;
}

function readProtocols(list: Bytes): readonly string[] {
  const protocols: string[] = [];
  while (list.left > 0) protocols.push(list.text(1));
  return protocols;
}
