import { isIP, type Socket, type SocketConstructorOpts, type TcpSocketConnectOpts } from 'node:net';
import type { Destination, Link, LinkUser } from '../link.ts';
import { COPY_SIZE } from './copy.ts';
import { dialOptions } from './dial-options.ts';
import { HandleLink } from './handle-link.ts';
import { connecting, onConnected, streams, type Request } from './handle.ts';
import { LendingSocket } from './lending-socket.ts';
import { PlainLink } from './plain-link.ts';
import { ReadMemory } from './read-memory.ts';
import { systemPath } from './socket-path.ts';

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
  /** TLS will be spoken on it (`secureToServer`). Default: no. */
  readonly secured?: boolean;
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
  return dialHandle(destination, user, options) ?? new PlainLink(dialSocket(destination, options), user);
}

/** Undefined where a socket of Node's is needed: below TLS, for names, which may have several addresses, and from a certain address. */
function dialHandle(
  destination: Destination,
  user: LinkUser,
  {
    bulk = true,
    readFirst = true,
    noDelay = true,
    keepAlive = false,
    keepAliveAfter = 0,
    source,
    secured = false,
  }: DialOptions,
): Link | undefined {
  if (streams === undefined || connecting === undefined || secured || source !== undefined) return undefined;
  const { TCP, TCPConnectWrap, Pipe, PipeConnectWrap, socket } = connecting;
  const memory = new ReadMemory(bulk, shared);
  const options = { memory, connecting: true, readFirst, undelay: noDelay };
  if (destination.kind === 'unix') {
    const handle = new Pipe(socket);
    const link = new HandleLink(handle, user, options);
    const to = { address: destination.path, port: 0 };
    link.dialled(to, handle.connect(request(PipeConnectWrap, link), systemPath(destination.path)));
    return link;
  }
  const { host, port } = destination;
  const family = isIP(host);
  const handle = family === 0 ? undefined : new TCP(socket);
  if (handle?.connect6 === undefined) return undefined;
  const link = new HandleLink(handle, user, options);
  const made = request(TCPConnectWrap, link);
  link.dialled(
    { address: host, port },
    family === 6 ? handle.connect6(made, host, port) : handle.connect(made, host, port),
  );
  if (keepAlive) handle.setKeepAlive?.(true, keepAliveAfter);
  return link;
}

function request(Make: new () => Request, owner: HandleLink): Request {
  const made = new Make();
  made.owner = owner;
  made.oncomplete = onConnected;
  return made;
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
