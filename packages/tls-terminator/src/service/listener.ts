import { addressText } from '@headgate/shared/net/endpoint';
import type { Link } from '@headgate/shared/net/link';
import { Acceptor, bindsPath } from '@headgate/shared/net/transport';
import { removeDeadSocket } from '@headgate/shared/process/dead-socket';
import type { AcceptAddress, Service } from '../model/snapshot.ts';

/** Connections that may wait to be accepted; the kernel lowers it to net.core.somaxconn. */
const backlog = 4096;

type ClientSockets = Pick<Service['sockets'], 'clientNoDelay' | 'clientKeepAlive'>;

/** Who gets the connections to an address. */
export interface Receiver {
  /** How the sockets of clients are to be. */
  readonly sockets: ClientSockets;
  /** A connection that was just accepted. */
  accept(link: Link, kind: AcceptAddress['kind']): void;
  /** Accepting failed, such as for too many open files; it goes on by itself. */
  acceptFailed(error: Error): void;
}

/** One address that is listened on. It outlives configurations: the receiver of the moment gets what comes. */
export class Listener {
  #receiver: Receiver;
  readonly #accept: AcceptAddress;
  readonly #name: string;
  readonly #acceptor: Acceptor;

  /** `name`: tells it apart from others whose port the system chooses. */
  constructor(accept: AcceptAddress, receiver: Receiver, name = '') {
    this.#accept = accept;
    this.#name = name;
    this.#receiver = receiver;
    this.#acceptor = new Acceptor(
      {},
      (link) => this.#receiver.accept(link, accept.kind),
      (error) => this.#receiver.acceptFailed(error),
    );
    this.follow(receiver);
  }

  /** Who gets the connections from now on. */
  follow(receiver: Receiver): void {
    this.#receiver = receiver;
    this.#acceptor.noDelay = receiver.sockets.clientNoDelay;
    this.#acceptor.keepAlive = receiver.sockets.clientKeepAlive;
  }

  /**
   * Binds, and says where: `0.0.0.0:443`. Rejects with the system's error when the address is taken or not ours. Unlike stunnel's,
   * every address must bind: a service that is half there is found out too late.
   */
  async listen(): Promise<string> {
    const accept = this.#accept;
    // Of a worker it is the primary's, and of a successor its predecessor's, and lives.
    if (accept.kind === 'unix' && bindsPath(accept.path)) await removeDeadSocket(accept.path);
    const address = await this.#acceptor.listen(
      accept.kind === 'unix'
        ? { path: accept.path, backlog }
        : { host: accept.host, port: accept.port, ipv6Only: accept.v6only ?? false, backlog, name: this.#name },
    );
    if (address === null || typeof address === 'string') return address ?? '';
    return addressText(address.address, address.port);
  }

  /** Accepts what waits in the accept queue, which a close would reset, then stops accepting. */
  drain(): Promise<void> {
    return this.#acceptor.drain();
  }

  /** Stops accepting, for good, at once. */
  close(): void {
    this.#acceptor.close();
  }
}
