import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, ListenOptions, Server, ServerOpts, Socket } from 'node:net';

/**
 * Listening sockets for one address when nothing else is said. Node takes one connection per listening socket and turn
 * of its event loop (libuv 1.45 and later), and with a thousand busy connections a turn takes tens of milliseconds: a
 * single socket lets a storm of new connections wait for seconds. HAProxy takes up to 64 at a time (tune.maxaccept).
 */
export const DEFAULT_SHARDS = 16;

export interface AcceptorOptions extends ServerOpts {
  /** Listening sockets on one TCP address (HAProxy's `shards`). 1 where the system cannot share a port (SO_REUSEPORT), and on unix sockets. */
  readonly shards?: number;
}

/** Where to listen; `path` is a unix socket's. */
export type Place = Pick<ListenOptions, 'path' | 'host' | 'port' | 'ipv6Only' | 'backlog'>;

/** What a system says that cannot share ports. */
const UNSHARED: ReadonlySet<string | undefined> = new Set(['ENOTSUP', 'ENOPROTOOPT', 'EINVAL']);

/** Accepts the connections to one address, through several listening sockets where the system allows it. */
export class Acceptor {
  readonly #options: ServerOpts;
  readonly #shards: number;
  readonly #accept: (socket: Socket) => void;
  readonly #failed: (error: Error) => void;
  readonly #servers: Server[] = [];
  #closed = false;

  /** `failed` is told what went wrong while accepting, such as too many open files; accepting goes on by itself. */
  constructor(
    { shards = DEFAULT_SHARDS, ...options }: AcceptorOptions,
    accept: (socket: Socket) => void,
    failed: (error: Error) => void,
  ) {
    this.#options = options;
    this.#shards = process.platform === 'linux' ? shards : 1;
    this.#accept = accept;
    this.#failed = failed;
  }

  /** Binds; resolves with the address, of which a port 0 was chosen by the system. Rejects, listening nowhere, with the system's error. */
  async listen(place: Place): Promise<AddressInfo | string | null> {
    // Alone at first: sockets that share a port would share it with those of another process, and nobody would be told.
    const first = await this.#open(place);
    const address = first.address();
    if (this.#shards === 1 || address === null || typeof address === 'string') return address;
    this.#closeAll();
    return this.#share({ ...place, host: address.address, port: address.port }, address);
  }

  /** Stops accepting, for good. */
  close(): void {
    this.#closed = true;
    this.#closeAll();
  }

  async #share(place: Place, address: AddressInfo): Promise<AddressInfo> {
    try {
      for (let shard = 0; shard < this.#shards; shard += 1) await this.#open({ ...place, reusePort: true });
    } catch (error) {
      this.#closeAll();
      if (!UNSHARED.has((error as NodeJS.ErrnoException).code)) throw error;
      await this.#open(place);
    }
    return address;
  }

  async #open(place: ListenOptions): Promise<Server> {
    const server = createServer(this.#options, this.#accept);
    server.listen(place);
    await once(server, 'listening');
    server.on('error', this.#failed);
    // Closed while it was binding: nobody would close it any more.
    if (this.#closed) server.close();
    else this.#servers.push(server);
    return server;
  }

  #closeAll(): void {
    for (const server of this.#servers.splice(0)) server.close();
  }
}
