import type { Socket } from 'node:net';

/** The most that is read of them. */
const MOST = 65_536;

/**
 * What a client sends behind its handshake waits for the server's 101. Node has let go of the socket, and without a
 * listener would drop what it reads; reading on tells when the client leaves.
 */
export class EarlyBytes {
  #chunks: Buffer[] = [];
  #held = 0;

  /** `head` came in the same read as the handshake. */
  constructor(socket: Socket, head: Buffer) {
    this.#add(head);
    socket.on('data', (chunk: Buffer) => {
      this.#add(chunk);
      if (this.#held > MOST) socket.pause();
    });
    socket.resume();
  }

  take(): Buffer {
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks = [];
    return bytes;
  }

  #add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
  }
}
