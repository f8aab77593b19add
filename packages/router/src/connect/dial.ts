import { Socket, type SocketConstructorOpts } from 'node:net';
import { dialOptions } from './dial-options.ts';
import type { Server } from '../model/snapshot.ts';

type Written = (error?: Error | null) => void;

/**
 * A connection to a server. A server that responds before reading the complete request, and closes, makes our next write
 * fail; Node would then destroy the socket with the response still unread. Here, a failed write waits for the
 * reading side: the response is read first, and the end of the stream becomes the failure.
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
    // Not an orderly end: a close-delimited response would look complete.
    this.destroy(this.#failure);
    return false;
  }

  #wrote(error: Error | null | undefined, written: Written): void {
    if (error && !this.connecting) this.#failure ??= error;
    written();
  }
}

/** Connects to a server, for traffic and checks; errors are reported by the socket's events. */
export function dial(address: Server['address'], options: SocketConstructorOpts = {}): Socket {
  return new ServerSocket({ ...options, noDelay: true }).connect(dialOptions(address));
}
