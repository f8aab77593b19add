import type { Link, LinkError, LinkUser } from '@headgate/shared/net/link';
import type { ServerState } from '../../model/backend.ts';

/** What is reported of a connection to a server. */
export interface ServerUser {
  serverOpened(server: ServerState): void;
  serverData(chunk: Buffer): boolean;
  serverEnded(): void;
  serverDrained(): void;
  serverClosed(link: Link | undefined, error: LinkError | undefined): void;
}

/** The server's side of a stream: apart, because both links have the same reports. */
export class ServerSide implements LinkUser {
  readonly #stream: ServerUser;
  readonly #server: ServerState;
  link: Link | undefined;

  constructor(stream: ServerUser, server: ServerState) {
    this.#stream = stream;
    this.#server = server;
  }

  opened(): void {
    this.#stream.serverOpened(this.#server);
  }

  data(chunk: Buffer): boolean {
    return this.#stream.serverData(chunk);
  }

  ended(): void {
    this.#stream.serverEnded();
  }

  drained(): void {
    this.#stream.serverDrained();
  }

  closed(error: LinkError | undefined): void {
    this.#server.counters.open -= 1;
    this.#stream.serverClosed(this.link, error);
  }
}
