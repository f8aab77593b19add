import type { TLSSocket } from 'node:tls';

/** What the runtime has and its types do not show. */
interface Handle {
  readonly readStart: () => unknown;
  readonly readStop: () => unknown;
}

/**
 * Stops and starts the reading of a TLS connection below its stream, at the system's socket.
 *
 * `pause()` keeps 'data' from being told, but the runtime reads on until 64 KiB of plain bytes wait: of records with one
 * byte each these are 65,536 pieces, all decrypted before anybody else has a turn. Here nothing is read any more after the
 * present read of at most 64 KiB; what is still told of it the caller has to keep. The stream believes that it goes on
 * reading, so nothing but `start` makes it do so.
 *
 * Where the runtime does not have what this needs it is `pause()` and `resume()`: everything works, less fairly.
 */
export class Reading {
  readonly #client: TLSSocket;
  #stopped = false;

  constructor(client: TLSSocket) {
    this.#client = client;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    const handle = handleOf(this.#client);
    if (handle === undefined) this.#client.pause();
    else handle.readStop();
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    const handle = handleOf(this.#client);
    if (handle === undefined) this.#client.resume();
    else handle.readStart();
  }
}

/** Undefined where the runtime has no such thing, or the connection is closed. */
function handleOf(client: TLSSocket): Handle | undefined {
  const handle: unknown = Reflect.get(client, '_handle');
  if (typeof handle !== 'object' || handle === null) return undefined;
  const able = ['readStart', 'readStop'].every((name) => typeof Reflect.get(handle, name) === 'function');
  return able ? (handle as Handle) : undefined;
}
