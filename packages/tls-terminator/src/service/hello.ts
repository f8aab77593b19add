/** Reads a ClientHello (RFC 9846 §4.1.2) before OpenSSL does: only what decides where the connection goes. Pure. */

export type Hello =
  | { readonly kind: 'need-more' }
  /** Anything else than the beginning of TLS: OpenSSL says what, and answers. */
  | { readonly kind: 'other' }
  | {
      readonly kind: 'hello';
      /** The server name (SNI) in lower case; empty for none. */
      readonly serverName: string;
      readonly alpn: readonly string[];
    };

/** A ClientHello that is larger (browsers' are 2 KiB with post-quantum keys) is for OpenSSL to judge. */
export const MOST_HELLO = 18 * 1024;

const other: Hello = { kind: 'other' };
const HANDSHAKE = 22;
const CLIENT_HELLO = 1;

/** What the first bytes of a connection are. The message may be cut into any number of records, also empty ones. */
export function readHello(bytes: Buffer): Hello {
  const pieces: Buffer[] = [];
  let length = 0;
  let offset = 0;
  for (;;) {
    if (bytes.length > offset && bytes[offset] !== HANDSHAKE) return other;
    if (bytes.length > offset + 1 && bytes[offset + 1] !== 3) return other;
    if (bytes.length < offset + 5) return bytes.length >= MOST_HELLO ? other : { kind: 'need-more' };
    const end = offset + 5 + bytes.readUInt16BE(offset + 3);
    const piece = bytes.subarray(offset + 5, end);
    pieces.push(piece);
    length += piece.length;
    const message = pieces.length === 1 ? piece : Buffer.concat(pieces);
    if (length > 0 && message[0] !== CLIENT_HELLO) return other;
    if (length >= 4 && length >= 4 + message.readUIntBE(1, 3))
      return readMessage(message.subarray(4, 4 + message.readUIntBE(1, 3)));
    if (end >= bytes.length) return bytes.length >= MOST_HELLO ? other : { kind: 'need-more' };
    offset = end;
  }
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
    const value = this.take(size);
    return value.readUIntBE(0, size);
  }

  take(count: number): Buffer {
    if (count > this.left) throw new RangeError('a length points beyond the end');
    this.#offset += count;
    return this.#bytes.subarray(this.#offset - count, this.#offset);
  }

  /** A list behind its own length. */
  list(size: 1 | 2): Bytes {
    return new Bytes(this.take(this.number(size)));
  }
}

function readMessage(message: Buffer): Hello {
  try {
    const body = new Bytes(message);
    body.take(34); // version, random
    body.list(1); // session id
    body.list(2); // cipher suites
    body.list(1); // compression
    let serverName = '';
    let alpn: readonly string[] = [];
    const extensions = body.left === 0 ? new Bytes(Buffer.alloc(0)) : body.list(2);
    while (extensions.left > 0) {
      const type = extensions.number(2);
      const value = extensions.list(2);
      if (type === 0) serverName = readServerName(value);
      else if (type === 16) alpn = readProtocols(value.list(2));
    }
    return { kind: 'hello', serverName, alpn };
  } catch {
    return other;
  }
}

/** The host name in the extension (RFC 6066 §3): type 0, then its length and bytes. */
function readServerName(value: Bytes): string {
  const names = value.list(2);
  return names.number(1) === 0 ? names.take(names.number(2)).toString('latin1').toLowerCase() : '';
}

function readProtocols(list: Bytes): readonly string[] {
  const protocols: string[] = [];
  while (list.left > 0) protocols.push(list.take(list.number(1)).toString('latin1'));
  return protocols;
}
