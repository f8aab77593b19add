import type { Socket, SocketConstructorOpts, TcpSocketConnectOpts } from 'node:net';
import type { Destination, Link, LinkUser } from '../link.ts';
import { COPY_SIZE } from './copy.ts';
import { dialOptions } from './dial-options.ts';
import { LendingSocket } from './lending-socket.ts';
import { PlainLink } from './plain-link.ts';
import { ReadMemory } from './read-memory.ts';

type Written = (error?: Error | null) => void;

export interface DialOptions {
  /** `bulk` of the link: what is read may be held. False: links that hold nothing read into the same 48 KiB. Default true. */
  readonly bulk?: boolean;
  /**
   * A failed write does not end the link before all that the other end sent has been read: a server that answers before it has
   * read the whole request, and hangs up, is heard. Default true.
   */
  readonly readFirst?: boolean;
  /** Default true. */
  readonly noDelay?: boolean;
  readonly keepAlive?: boolean;
  /** Seconds of silence before the first keep-alive probe; 0, the default, is the system's choice. */
  readonly keepAliveAfter?: number;
  /** The address to connect from. */
  readonly source?: string | undefined;
}

/** Every dialled link that is not bulk reads into this one piece of memory, and its bytes are used before the next read. */
const shared = Buffer.allocUnsafeSlow(COPY_SIZE);

/**
 * A socket to a server whose failed write waits for the reading side: Node would destroy it with the answer still unread in it.
 * What the server said is read first, and its end is the failure.
 */
class ReadFirstSocket extends LendingSocket {
  #failure: Error | undefined = undefined;

  override _write(chunk: unknown, encoding: BufferEncoding, written: Written): void {
    super._write(chunk, encoding, (error) => this.#wrote(error, written));
  }

  override _writev(chunks: { chunk: unknown; encoding: BufferEncoding }[], written: Written): void {
    super._writev?.(chunks, (error) => this.#wrote(error, written));
  }

  override push(chunk: unknown, encoding?: BufferEncoding): boolean {
    if (chunk !== null || this.#failure === undefined) return super.push(chunk, encoding);
    // Not an end in good order: an answer until close would pass for whole.
    this.destroy(this.#failure);
    return false;
  }

  #wrote(error: Error | null | undefined, written: Written): void {
    // All that could be read has been: nothing else would end this socket.
    if (error && this.readableEnded) return written(error);
    if (error && !this.connecting) this.#failure ??= error;
    written();
  }
}

/** Begins a connection, which reads from the beginning. `opened` or `closed` of its user follows, and `close` before that is safe. */
export function dial(destination: Destination, user: LinkUser, options: DialOptions = {}): Link {
  return new PlainLink(dialSocket(destination, options), user);
}

/** The same for code that needs Node's own socket. */
export function dialSocket(destination: Destination, options: DialOptions = {}): Socket {
  const { bulk = true, readFirst = true, noDelay = true, keepAlive = false, keepAliveAfter = 0, source } = options;
  const memory = new ReadMemory(bulk, shared);
  const probes = keepAliveAfter === 0 ? {} : { keepAliveInitialDelay: keepAliveAfter * 1000 };
  const sockets: SocketConstructorOpts = { allowHalfOpen: true, noDelay, keepAlive, ...probes };
  const socket = readFirst ? new ReadFirstSocket(sockets, memory) : new LendingSocket(sockets, memory);
  const connect = dialOptions(destination);
  return socket.connect(
    source === undefined ? connect : ({ ...connect, localAddress: source } as TcpSocketConnectOpts),
  );
}
