import { noUser, type Link, type LinkUser } from '@headgate/shared/net/link';
import { dial } from '@headgate/shared/net/transport';
import type { Nameserver } from '../model/names.ts';
import type { Transport, TransportUser } from './transport.ts';

/** A connection without a query for so long ends, as in HAProxy. Milliseconds. */
const IDLE = 5000;
const LENGTH = 2;
/** Messages that wait for the connection; more are lost, and asked again by their queries. */
const MOST_WAITING = 1024;

/**
 * Messages to one name server over a connection, each preceded by its length (RFC 1035 §4.2.2). It is opened when there is something to
 * send.
 */
export class TcpTransport implements Transport, LinkUser {
  readonly #server: Nameserver;
  readonly #user: TransportUser;
  #link: Link | undefined = undefined;
  #opened = false;
  #waiting: Buffer[] = [];
  /** The beginning of a message that has not come in full: at most its length and 65,535 bytes. */
  #partial: Buffer = Buffer.alloc(0);
  #idle: NodeJS.Timeout | undefined = undefined;
  #closed = false;

  constructor(server: Nameserver, user: TransportUser) {
    this.#server = server;
    this.#user = user;
  }

  send(message: Buffer): void {
    if (this.#closed) return;
    this.#rest();
    const framed = Buffer.concat([Buffer.from([message.length >> 8, message.length & 255]), message]);
    const { host, port } = this.#server;
    const link = (this.#link ??= dial({ kind: 'tcp', host, port }, this));
    if (this.#opened && !link.full) link.write(framed);
    else if (this.#waiting.length < MOST_WAITING) this.#waiting.push(framed);
    else this.#user.unsent();
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  // ---- reports of the link ---------------------------------------------------------------------

  opened(): void {
    this.#opened = true;
    this.#flush();
  }

  data(chunk: Buffer): boolean {
    let bytes = Buffer.concat([this.#partial, chunk]);
    while (bytes.length >= LENGTH) {
      const end = LENGTH + bytes.readUInt16BE(0);
      if (bytes.length < end) break;
      const message = bytes.subarray(LENGTH, end);
      bytes = bytes.subarray(end);
      if (!this.#closed) this.#user.received(message);
    }
    this.#partial = Buffer.from(bytes);
    return false;
  }

  ended(): void {
    this.#drop();
  }

  drained(): void {
    this.#flush();
  }

  closed(): void {
    for (const _ of this.#waiting) this.#user.unsent();
    this.#drop();
  }

  #flush(): void {
    for (const message of this.#waiting.splice(0)) this.#link?.write(message);
  }

  #rest(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#drop(), IDLE);
    this.#idle.unref();
  }

  #drop(): void {
    clearTimeout(this.#idle);
    const link = this.#link;
    this.#link = undefined;
    this.#opened = false;
    this.#waiting = [];
    this.#partial = Buffer.alloc(0);
    if (link === undefined) return;
    // Its end is reported later, when there may be a new connection already.
    link.user = noUser;
    link.close();
  }
}
