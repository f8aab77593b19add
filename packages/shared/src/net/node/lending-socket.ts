import { Socket, type Server, type ServerOpts, type SocketConstructorOpts } from 'node:net';
import { finishWrite, writeDirectly, type Begun } from './direct-write.ts';
import { ReadMemory, type Reader } from './read-memory.ts';

/** A socket whose reads are lent to the user of its link. While it has none it is a socket like any other, with 'data' events. */
export class LendingSocket extends Socket {
  readonly memory: ReadMemory;
  link: { readonly user: Reader } | undefined = undefined;
  #begun: Begun | undefined = undefined;

  constructor(options: SocketConstructorOpts, memory: ReadMemory) {
    const read = (size: number): boolean => this.#read(size);
    super({ ...options, onread: { buffer: () => memory.next(), callback: read } });
    this.memory = memory;
  }

  /** The stream asks for this in a later turn of its own, after resume(): Node would read although pause() came in between. */
  override read(size?: number): unknown {
    return this.link !== undefined && this.isPaused() ? null : super.read(size);
  }

  /** `write` of its link. */
  send(bytes: Buffer): boolean {
    const done = writeDirectly(this, bytes);
    if (done === true) return true;
    this.#begun = done;
    return this.write(bytes);
  }

  override _write(chunk: unknown, encoding: BufferEncoding, written: (error?: Error | null) => void): void {
    const begun = this.#begun;
    if (begun === undefined) return super._write(chunk, encoding, written);
    this.#begun = undefined;
    finishWrite(begun, this, written);
  }

  #read(size: number): boolean {
    if (this.link !== undefined) {
      this.memory.lend(size, this.link.user);
      return true;
    }
    let more = true;
    this.memory.lend(size, {
      data: (chunk) => {
        more = this.push(Buffer.from(chunk));
        return false;
      },
    });
    return more;
  }
}

/**
 * Makes a listening server accept sockets whose reads can be lent. Node offers that for sockets that connect only
 * (`onread`), so this replaces how its handle reports a connection; where that is not possible sockets are as usual.
 * `options` are those the server was made with.
 */
export function acceptLending(server: Server, options: ServerOpts): void {
  const { allowHalfOpen = false, pauseOnConnect: pauseOnCreate = false } = options;
  const handle: unknown = Reflect.get(server, '_handle');
  if (typeof handle !== 'object' || handle === null) return;
  const usual: unknown = Reflect.get(handle, 'onconnection');
  if (typeof usual !== 'function') return;
  Reflect.set(handle, 'onconnection', (failed: number, accepted: object | undefined) => {
    if (failed !== 0 || accepted === undefined) return void Reflect.apply(usual, handle, [failed, accepted]);
    const documented: SocketConstructorOpts = { allowHalfOpen };
    const options = Object.assign(documented, { handle: accepted, pauseOnCreate });
    const socket = new LendingSocket(options, new ReadMemory(false));
    server.emit('connection', socket);
  });
}
