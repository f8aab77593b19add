import { Socket, type SocketConstructorOpts } from 'node:net';
import { dialOptions } from './dial-options.ts';
import type { Server } from '../model/snapshot.ts';

type Written = (error?: Error | null) => void;

/**
 * A connection to a server. One that answers before it has read the whole request, and hangs up, makes our next write
 * fail; Node would then destroy the socket with the answer still unread in it. Here a failed write waits for the
 * reading side: what the server said is read first, and its end is the failure.
 */
class ServerSocket extends Socket {
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
    if (error && !this.connecting) this.#failure ??= error;
    written();
  }
}

/** Connects to a server, for its traffic and its checks alike; errors and the rest are told by the socket's events. */
export function dial(address: Server['address'], options: SocketConstructorOpts = {}): Socket {
  return new ServerSocket({ ...options, noDelay: true }).connect(dialOptions(address));
}
