import { Socket, type Server, type ServerOpts, type SocketConstructorOpts } from 'node:net';

/** What the connections that bring little read into, in bytes; as much as a head may have by default. */
const SHARED_SIZE = 16_384;
/** How much is read at once, in bytes: the first reads of a connection that brings much, and its later ones. */
const SMALLEST_READ = 4096;
const LARGEST_READ = 65_536;

/**
 * One read at a time is handed out, and its bytes are lent for the length of one call. So all connections that bring
 * little can read into the same memory: a thousand clients that wait, or that send a byte at a time, need none of their own.
 */
const shared = Buffer.allocUnsafeSlow(SHARED_SIZE);

/** Takes the bytes of one read, which are lent for the length of the call. True: someone may still hold them after it. */
export type TakeRead = (chunk: Buffer) => boolean;

/** The memory that one connection reads into. Node allocates 64 KiB for each read of a socket without it. */
export class ReadMemory {
  /**
   * The bytes may be held after the call that lends them: a body on its way to a slow reader. The connection reads into
   * memory of its own then, which is replaced while someone holds it. Otherwise `TakeRead` has to return false.
   */
  bulk: boolean;
  #memory: Buffer = shared;
  #held = false;

  constructor(bulk: boolean) {
    this.bulk = bulk;
  }

  /** Where the next read goes. */
  next(): Buffer {
    if (!this.bulk) this.#memory = shared;
    else if (this.#memory === shared) this.#memory = Buffer.allocUnsafeSlow(SMALLEST_READ);
    return this.#memory;
  }

  /** A read brought `size` bytes. One that filled the memory makes it larger for the next one. */
  lend(size: number, take: TakeRead): void {
    const memory = this.#memory;
    const chunk = size === memory.length ? memory : memory.subarray(0, size);
    if (memory === shared) {
      // What was asked for before it was known that someone may hold it.
      take(this.bulk ? Buffer.from(chunk) : chunk);
      return;
    }
    // One small piece after the other, each in memory of its own, would let a slow reader hold many times what it was sent.
    if (this.#held && size * 2 < memory.length) this.#held = take(Buffer.from(chunk));
    else {
      this.#held = take(chunk);
      if (this.#held) this.#memory = Buffer.allocUnsafeSlow(memory.length);
    }
    if (size === memory.length && size < LARGEST_READ) this.#memory = Buffer.allocUnsafeSlow(size * 4);
  }
}

/** An accepted connection whose reads can be lent. Until `lendReads` asks for that, it is a socket like any other. */
class LendingSocket extends Socket {
  readonly memory: ReadMemory;
  reader: TakeRead | undefined = undefined;

  constructor(options: SocketConstructorOpts, memory = new ReadMemory(false)) {
    const read = (size: number): boolean => this.#read(size);
    super({ ...options, onread: { buffer: () => memory.next(), callback: read } });
    this.memory = memory;
  }

  #read(size: number): boolean {
    if (this.reader !== undefined) {
      this.memory.lend(size, this.reader);
      return true;
    }
    let more = true;
    this.memory.lend(size, (chunk) => {
      more = this.push(Buffer.from(chunk));
      return false;
    });
    return more;
  }
}

/**
 * Reads a socket by `take` instead of its 'data' events, once it is resumed. With a socket that `acceptLending` brought the
 * bytes are lent; any other allocates memory for each read. `bulk` of what is returned says whether they may be held.
 */
export function lendReads(socket: Socket, take: TakeRead): { bulk: boolean } {
  if (socket instanceof LendingSocket) {
    socket.reader = take;
    return socket.memory;
  }
  socket.on('data', take);
  return { bulk: false };
}

/**
 * Makes a listening server accept sockets whose reads can be lent (`lendReads`). Node offers that for sockets that connect only
 * (`onread`), so this replaces how its handle reports a connection; where that is not possible sockets are as usual.
 * `options` are those the server was made with.
 */
export function acceptLending(server: Server, options: ServerOpts): void {
  const { allowHalfOpen = false, noDelay = false, pauseOnConnect: pauseOnCreate = false } = options;
  const handle: unknown = Reflect.get(server, '_handle');
  if (typeof handle !== 'object' || handle === null) return;
  const usual: unknown = Reflect.get(handle, 'onconnection');
  if (typeof usual !== 'function') return;
  Reflect.set(handle, 'onconnection', (failed: number, accepted: object | undefined) => {
    if (failed !== 0 || accepted === undefined) return void Reflect.apply(usual, handle, [failed, accepted]);
    const documented: SocketConstructorOpts = { allowHalfOpen };
    const socket = new LendingSocket(Object.assign(documented, { handle: accepted, pauseOnCreate }));
    if (noDelay) socket.setNoDelay(true);
    server.emit('connection', socket);
  });
}
