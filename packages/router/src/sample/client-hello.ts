/** The ClientHello of a TLS connection that is not terminated here: enough of it to route by. Pure. */

export interface ClientHello {
  /** The version of the hello, as `3.3` for TLS 1.2 and later: 0x0303. */
  readonly version: number;
  /** The server name (RFC 6066 §3); undefined without one. */
  readonly serverName: string | undefined;
  /** The protocols offered (RFC 7301), in order. */
  readonly protocols: readonly string[];
}

/** 'more': these bytes may be the beginning of one; undefined: they are not. `text` is latin1. */
export type Hello = ClientHello | 'more' | undefined;

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const ALPN = 16;
/** No client sends a larger one, and rules look at no more than one read buffer. */
const LONGEST = 16_384;

/** The type of the first handshake message: 1 of a ClientHello; undefined when these bytes are no TLS handshake. */
export function helloType(text: string): number | 'more' | undefined {
  if (text.length === 0) return 'more';
  if (text.charCodeAt(0) !== HANDSHAKE || (text.length > 1 && text.charCodeAt(1) !== 3)) return undefined;
  return text.length < 6 ? 'more' : text.charCodeAt(5);
}

/** Reads a ClientHello, which may span several records (RFC 8446 §5.1). */
export function readClientHello(text: string): Hello {
  const type = helloType(text);
  if (type === 'more') return 'more';
  if (type !== CLIENT_HELLO) return undefined;
  const message = handshake(text);
  return typeof message === 'object' ? parse(message) : message;
}

/** The first handshake message, without its header. */
function handshake(text: string): Reader | 'more' | undefined {
  let body = '';
  for (let at = 0; at + 5 <= text.length;) {
    if (text.charCodeAt(at) !== HANDSHAKE) return undefined;
    const length = (text.charCodeAt(at + 3) << 8) | text.charCodeAt(at + 4);
    body += text.slice(at + 5, at + 5 + length);
    at += 5 + length;
    if (body.length < 4) continue;
    const wanted = (body.charCodeAt(1) << 16) | (body.charCodeAt(2) << 8) | body.charCodeAt(3);
    if (wanted > LONGEST) return undefined;
    if (body.length >= 4 + wanted) return new Reader(body.slice(4, 4 + wanted));
  }
  return 'more';
}

function parse(hello: Reader): ClientHello | undefined {
  const version = hello.number(2);
  hello.skip(32);
  hello.vector(1);
  hello.vector(2);
  hello.vector(1);
  const extensions = new Reader(hello.vector(2));
  let serverName: string | undefined;
  let protocols: readonly string[] = [];
  while (extensions.left > 0 && !extensions.broken) {
    const type = extensions.number(2);
    const content = new Reader(extensions.vector(2));
    if (type === SERVER_NAME) serverName = nameIn(new Reader(content.vector(2)));
    else if (type === ALPN) protocols = listIn(new Reader(content.vector(2)));
  }
  return hello.broken ? undefined : { version, serverName, protocols };
}

function nameIn(list: Reader): string | undefined {
  while (list.left > 0 && !list.broken) {
    const type = list.number(1);
    const name = list.vector(2);
    if (type === 0) return name;
  }
  return undefined;
}

function listIn(list: Reader): readonly string[] {
  const protocols: string[] = [];
  while (list.left > 0 && !list.broken) protocols.push(list.vector(1));
  return protocols;
}

/** Reads numbers and vectors of bytes; what is beyond the end is 0 and empty, and `broken` says so. */
class Reader {
  broken = false;
  readonly #bytes: string;
  #at = 0;

  constructor(bytes: string) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  number(size: 1 | 2): number {
    if (this.left < size) {
      this.broken = true;
      return 0;
    }
    const high = this.#bytes.charCodeAt(this.#at);
    const value = size === 1 ? high : (high << 8) | this.#bytes.charCodeAt(this.#at + 1);
    this.#at += size;
    return value;
  }

  skip(size: number): void {
    if (this.left < size) this.broken = true;
    this.#at += size;
  }

  vector(lengthSize: 1 | 2): string {
    const length = this.number(lengthSize);
    if (this.left < length) {
      this.broken = true;
      return '';
    }
    this.#at += length;
    return this.#bytes.slice(this.#at - length, this.#at);
  }
}
