import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import net, { createServer } from 'node:net';
import type { AddressInfo, ListenOptions, Server, ServerOpts, Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { Endpoint } from '../endpoint.ts';
import { DEFAULT_SHARDS, type Link, type Place } from '../link.ts';
import { acceptHandles } from './accept-handles.ts';
import { adoptLater, hold, listeningKey, role, takeInherited, type Shard } from './inherited.ts';
import type { HandleLink } from './handle-link.ts';
import { HoldingServer } from './holding-server.ts';
import { PlainLink } from './plain-link.ts';
import { bindPath, nameAsked, SocketFile } from './socket-file.ts';

/** Links are half-open: the end of the other side is not ours. */
export interface AcceptorOptions {
  /** No delay of small writes (TCP_NODELAY). Default: no. */
  readonly noDelay?: boolean;
  /** The system looks after silent connections (SO_KEEPALIVE). Default: no. */
  readonly keepAlive?: boolean;
  /** Seconds of silence before the first probe; 0, the default, is the system's choice. */
  readonly keepAliveAfter?: number;
  /**
   * Listening sockets on one TCP address (HAProxy's `shards`). 1 where the system cannot share a port (SO_REUSEPORT), on
   * unix sockets, and where Node.js has no `net.BoundSocket`.
   */
  readonly shards?: number;
  /** The links are read here, and lend what they read: false when TLS will read them. Default: no. */
  readonly lending?: boolean;
}

/** Error codes of systems that cannot share ports. */
const UNSHARED: ReadonlySet<string | undefined> = new Set(['ENOTSUP', 'ENOPROTOOPT', 'EINVAL']);

/** How long new connections are still accepted while stopping, in milliseconds; then the ports close regardless. */
const DRAIN = 5000;
/** How long a quick turn of the event loop is waited for, one in which hardly a connection can have come since its look into the accept queues. */
const PATIENCE = 4000;
const QUICK = 1;

/** Accepts the connections to one address, through several listening sockets where the system allows it. */
export class Acceptor {
  /** What the next connections get; it may change while listening. */
  noDelay: boolean;
  keepAlive: boolean;
  keepAliveAfter: number;
  readonly #options: ServerOpts;
  readonly #shards: number;
  readonly #lending: boolean;
  readonly #accept: (link: Link) => void;
  readonly #failed: (error: Error) => void;
  readonly #servers: Server[] = [];
  #closed = false;
  /** Those that have brought a connection, while stopping. */
  #busy: Set<Server> | undefined = undefined;
  /** Other processes get no sockets of this address any more, and send none. */
  #forget: () => void = () => {};
  /** Of a unix socket that other processes can have. */
  #file: SocketFile | undefined;

  /** `failed` is called when accepting fails, for example with too many open files; accepting continues by itself. */
  constructor(
    {
      shards = DEFAULT_SHARDS,
      lending = false,
      noDelay = false,
      keepAlive = false,
      keepAliveAfter = 0,
    }: AcceptorOptions,
    accept: (link: Link) => void,
    failed: (error: Error) => void,
  ) {
    // Not the reading side of TLS: its sockets end with their peer until the handshake is over.
    this.#options = lending ? { allowHalfOpen: true, pauseOnConnect: true } : {};
    this.noDelay = noDelay;
    this.keepAlive = keepAlive;
    this.keepAliveAfter = keepAliveAfter;
    this.#lending = lending;
    this.#shards = process.platform === 'linux' && hasBoundSockets() ? shards : 1;
    this.#accept = accept;
    this.#failed = failed;
  }

  /** Binds; resolves with the address, port 0 replaced by the port the system chose. Rejects, listening nowhere, with the system's error. */
  async listen(place: Place): Promise<Endpoint | string | null> {
    const host = 'path' in place ? place.path : (await lookup(place.host ?? '0.0.0.0')).address;
    if (this.#closed) return null;
    const key = 'path' in place ? host : listeningKey(host, place.port, place.ipv6Only ?? false, place.name);
    const shards = takeInherited(key);
    if (role().kind === 'worker') return this.#serve(key, shards, place.backlog);
    if ('path' in place) return this.#listenOnPath(place, shards);
    this.#forget = hold(key, { servers: () => this.#servers, movable: true });
    try {
      if (role().kind === 'primary') return this.#hold({ ...place, host }, shards);
      if (shards.length > 0) return await this.#adopt(shards, place.backlog);
      const bound = { ...place, host };
      return this.#shards === 1 ? (await this.#open(bound)).address() : await this.#share(bound);
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  async #listenOnPath({ path, mode, backlog }: PathPlace, shards: readonly Shard[]): Promise<string> {
    const holds = role().kind === 'primary';
    let opened: Promise<unknown> | undefined;
    if (shards.length > 0) {
      if (holds) this.#servers.push(...shards.map(({ handle }) => new HoldingServer(handle)));
      else opened = this.#adopt(shards, backlog);
      this.#file = new SocketFile(path, true);
    } else if (holds)
      this.#file = bindPath(path, (name) => this.#servers.push(new HoldingServer(boundPath(name, mode))));
    else this.#file = bindPath(path, (name) => void (opened = this.#open({ path: name, mode, backlog })));
    this.#forget = hold(path, { servers: () => this.#servers, movable: this.#file !== undefined });
    await opened?.catch((error: unknown) => {
      this.#forget();
      throw nameAsked(error, path);
    });
    return path;
  }

  /**
   * Accepts the connections still in the backlog, then stops accepting for good. Closing a listening socket resets
   * those in its queue, whose clients may have sent their requests already. Each socket closes in the first quick turn of
   * the event loop that brought it none. At most five seconds: clients that reconnect after every response may never stop.
   */
  async drain(): Promise<void> {
    // Workers take what waits; as long as one more process has the socket, nothing that comes later is refused.
    if (role().kind === 'primary') return this.close();
    this.#closed = true;
    this.#forget();
    const busy = (this.#busy = new Set<Server>());
    for (const server of this.#servers) server.on('connection', () => busy.add(server));
    const asked = performance.now();
    // Called in the middle of a turn: the first full one comes next.
    await turn();
    for (let began = performance.now(); this.#servers.length > 0;) {
      busy.clear();
      await turn();
      const now = performance.now();
      const quick = now - began < QUICK || now - asked > PATIENCE;
      began = now;
      for (const server of this.#servers.splice(0)) {
        // The system may suspend the process between two of them.
        const fresh = quick && performance.now() - now < QUICK / 4;
        if (now - asked > DRAIN || (fresh && !busy.has(server))) server.close();
        else this.#servers.push(server);
      }
    }
    this.#file?.remove();
  }

  /** Stops accepting, for good, at once. */
  close(): void {
    this.#closed = true;
    this.#forget();
    this.#closeAll();
  }

  /** Goes on accepting on the sockets of the predecessor. */
  async #adopt(shards: readonly Shard[], backlog: number | undefined): Promise<Endpoint | string | null> {
    const servers = await Promise.all(shards.map(({ handle }) => this.#open({ handle, backlog } as ListenOptions)));
    return servers[0]?.address() ?? null;
  }

  /** In a worker: accepts on its part of the primary's sockets, and on those of a worker that is missing. */
  async #serve(key: string, shards: readonly Shard[], backlog: number | undefined): Promise<Endpoint | string | null> {
    if (shards.length === 0) throw new Error(`the primary process has sent no socket for ${key}`);
    const byIndex = new Map<number, Server>();
    const adopt = async ({ handle, index }: Shard): Promise<Server> => {
      const server = await this.#open({ handle, backlog } as ListenOptions);
      byIndex.set(index, server);
      return server;
    };
    this.#forget = adoptLater(key, {
      adopt: (shard) => void adopt(shard).catch(this.#failed),
      release: (index) => {
        const server = byIndex.get(index);
        if (server === undefined) return;
        byIndex.delete(index);
        this.#servers.splice(this.#servers.indexOf(server), 1);
        server.close();
      },
    });
    const servers = await Promise.all(shards.map(adopt));
    return servers[0]?.address() ?? null;
  }

  /** In a primary: binds without listening, which is left to the workers. Those of the predecessor are kept as they are. */
  #hold(place: TcpPlace, inherited: readonly Shard[]): Endpoint | string | null {
    if (inherited.length > 0) this.#servers.push(...inherited.map(({ handle }) => new HoldingServer(handle)));
    else this.#servers.push(...this.#bindShards(place));
    return this.#servers[0]?.address() ?? null;
  }

  #bindShards({ host, port, ipv6Only = false }: TcpPlace): readonly Server[] {
    const guard = new net.BoundSocket({ host, port, ipv6Only });
    try {
      const address = guard.address() as AddressInfo;
      // The same number for each worker.
      const { workers } = role() as { readonly workers: number };
      const count = this.#shards === 1 ? 1 : Math.ceil(this.#shards / workers) * workers;
      if (count === 1) return [new HoldingServer(guard)];
      return Array.from(
        { length: count },
        () => new HoldingServer(new net.BoundSocket({ host, port: address.port, ipv6Only, reusePort: true })),
      );
    } finally {
      // Unless it is the one that is held.
      guard[Symbol.dispose]();
    }
  }

  /**
   * Sockets that share a port would silently share it with those of another process. So the address is
   * first bound by an exclusive socket that never listens: the system refuses it where another one listens,
   * and until the first shard listens, clients are refused as before the start.
   */
  async #share(place: TcpPlace): Promise<AddressInfo> {
    const { host, port, ipv6Only = false } = place;
    const guard = new net.BoundSocket({ host, port, ipv6Only });
    const address = guard.address() as AddressInfo;
    const opened: Promise<Server>[] = [];
    try {
      for (let shard = 0; shard < this.#shards; shard += 1)
        opened.push(this.#open({ ...place, port: address.port, reusePort: true }));
      await Promise.all(opened);
    } catch (error) {
      await Promise.allSettled(opened);
      this.#closeAll();
      if (!UNSHARED.has((error as NodeJS.ErrnoException).code)) throw error;
      await this.#open({ ...place, port: address.port });
    } finally {
      guard.close();
    }
    return address;
  }

  async #open(place: ListenOptions & { readonly mode?: number | undefined }): Promise<Server> {
    const server = createServer(this.#options, (socket) => this.#arrived(socket));
    listenWithMode(server, place);
    await once(server, 'listening');
    if (this.#lending) acceptHandles(server, this.noDelay, (link) => this.#taken(server, link));
    server.on('error', this.#failed);
    // Closed while binding: nothing else would close this socket.
    if (this.#closed) {
      server.close();
      this.#file?.remove();
    } else this.#servers.push(server);
    return server;
  }

  #taken(server: Server, link: HandleLink): void {
    this.#busy?.add(server);
    if (this.keepAlive) link.handle.setKeepAlive?.(true, this.keepAliveAfter);
    this.#accept(link);
  }

  #arrived(socket: Socket): void {
    if (this.noDelay) socket.setNoDelay(true);
    if (this.keepAlive) socket.setKeepAlive(true, this.keepAliveAfter * 1000);
    this.#accept(new PlainLink(socket));
  }

  #closeAll(): void {
    for (const server of this.#servers.splice(0)) server.close();
    this.#file?.remove();
  }
}

/** See `listenWithMode`. */
function boundPath(path: string, mode: number | undefined): InstanceType<typeof net.BoundSocket> {
  const umask = mode === undefined ? undefined : process.umask(0o777 & ~mode);
  try {
    // Its types do not know paths yet.
    return Reflect.construct(net.BoundSocket, [{ path }]) as InstanceType<typeof net.BoundSocket>;
  } finally {
    if (umask !== undefined) process.umask(umask);
  }
}

type PathPlace = Extract<Place, { readonly path: string }>;
type TcpPlace = Extract<Place, { readonly port: number }> & { readonly host: string };

/**
 * A unix socket is created with its permissions: if they were changed afterwards, anyone could connect in between.
 * Node binds a path before `listen` returns, so no other file is created under this umask.
 */
function listenWithMode(
  server: Server,
  { mode, ...place }: ListenOptions & { readonly mode?: number | undefined },
): void {
  if (mode === undefined) {
    server.listen(place);
    return;
  }
  const umask = process.umask(0o777 & ~mode);
  try {
    server.listen(place);
  } finally {
    process.umask(umask);
  }
}

/** Since Node.js 24.19. */
function hasBoundSockets(): boolean {
  return 'BoundSocket' in net;
}
