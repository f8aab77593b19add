import type { Socket } from 'node:net';
import { normalizeAddress, type Endpoint } from '../endpoint.ts';
import { noUser, type Link, type LinkError, type LinkUser, type MeasuredLink } from '../link.ts';
import { copyTo, giveTo } from './copy.ts';
import { HandleLink } from './handle-link.ts';
import { LendingSocket } from './lending-socket.ts';
import { queued } from './queued.ts';
import type { ReadMemory } from './read-memory.ts';
import { isEnding, isGone, resetSocket } from './reset.ts';
import { onceTaken, writeTo } from './write.ts';

const LINK = Symbol('link');

/** A socket of Node's that knows its link: one function serves the events of all, without a closure for each. */
interface Linked extends Socket {
  [LINK]: PlainLink;
}

/** A link on a socket of Node's: TCP or unix. Its user comes with it, or is set before anything can happen, in the same turn. */
export class PlainLink implements MeasuredLink {
  user: LinkUser;
  whenClosed: (() => void) | undefined = undefined;
  readonly socket: Socket;
  /** The same socket, where it is one that lends. */
  readonly #lending: LendingSocket | undefined;
  readonly #memory: ReadMemory | undefined;
  #peer: Endpoint | undefined = undefined;
  #local: Endpoint | undefined = undefined;
  #error: LinkError | undefined = undefined;
  #listening = false;
  /** What was read of it before TLS took it over, until its handshake is over. */
  first: Buffer | undefined = undefined;

  constructor(socket: Socket, user: LinkUser = noUser) {
    this.socket = socket;
    this.user = user;
    this.#lending = socket instanceof LendingSocket ? socket : undefined;
    this.#memory = this.#lending?.memory;
    (socket as Linked)[LINK] = this;
    socket.on('error', failed);
    socket.on('close', closed);
    if (!socket.connecting) return;
    socket.on('connect', opened);
    this.#listen();
  }

  get bulk(): boolean {
    return this.#memory?.bulk ?? true;
  }

  set bulk(bulk: boolean) {
    if (this.#memory !== undefined) this.#memory.bulk = bulk;
  }

  get peer(): Endpoint {
    return (this.#peer ??= endpoint(this.socket.remoteAddress, this.socket.remotePort));
  }

  get local(): Endpoint {
    return (this.#local ??= endpoint(this.socket.localAddress, this.socket.localPort));
  }

  get connecting(): boolean {
    return this.socket.connecting;
  }

  get closed(): boolean {
    return this.socket.destroyed;
  }

  get readEnded(): boolean {
    return this.socket.readableEnded;
  }

  get writeEnded(): boolean {
    return this.socket.writableEnded;
  }

  get ending(): boolean {
    return isEnding(this.socket);
  }

  get waiting(): number {
    return this.socket.writableLength;
  }

  /** Without TLS. */
  get encrypted(): number {
    return 0;
  }

  get unsent(): number {
    return queued(this.socket);
  }

  get stuck(): boolean {
    return queued(this.socket) > 0;
  }

  get full(): boolean {
    return this.socket.writableNeedDrain;
  }

  get paused(): boolean {
    return !this.#listening || this.socket.isPaused();
  }

  /** Why it closed, or is about to. */
  get error(): LinkError | undefined {
    return this.#error;
  }

  write(bytes: Buffer, more?: Buffer): boolean {
    const lending = this.#lending;
    return more === undefined && lending !== undefined ? lending.send(bytes) : writeTo(this.socket, bytes, more);
  }

  give(bytes: Buffer): boolean {
    return giveTo(this.socket, bytes);
  }

  copy(bytes: Buffer, taken: () => void): boolean {
    return copyTo(this.socket, bytes, taken);
  }

  whenTaken(then: () => void): void {
    onceTaken(this.socket, then);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    if (!this.#listening) this.#listen();
    this.socket.resume();
  }

  end(left?: () => void): void {
    this.socket.end(left);
  }

  closeSoon(): void {
    this.socket.destroySoon();
  }

  close(): void {
    this.socket.destroy();
  }

  reset(): void {
    resetSocket(this.socket);
  }

  vanished(): boolean {
    return isGone(this.socket);
  }

  /** Used by `socketOf`. */
  release(): Socket {
    const { socket } = this;
    this.user = noUser;
    socket.off('end', ended);
    socket.off('drain', drained);
    // After the listeners of the code that has it now: what it logs counts this connection.
    socket.off('close', closed).on('close', closedElsewhere);
    if (socket instanceof LendingSocket) socket.link = undefined;
    else socket.off('data', data);
    return socket;
  }

  /** Not before it is read: a link that is only handed on, below TLS or to Node's HTTP server, has none of these. */
  #listen(): void {
    this.#listening = true;
    const { socket } = this;
    socket.on('end', ended);
    socket.on('drain', drained);
    if (socket instanceof LendingSocket) socket.link = this;
    else socket.on('data', data);
  }

  /** Used by the listeners below. */
  fail(error: LinkError): void {
    this.#error = error;
  }
}

/** The same link, which reports what it costs. */
export function measured(link: Link): MeasuredLink {
  if (!(link instanceof PlainLink || link instanceof HandleLink)) throw new TypeError('this link is not measured');
  return link;
}

/** The link whose socket this is. */
export function linkOf(socket: Socket): PlainLink | undefined {
  return (socket as Partial<Linked>)[LINK];
}

/** Hands the socket of a link to code that needs Node's own, with 'data' events and the rest. `whenClosed` stays with the link. */
export function socketOf(link: Link): Socket {
  if (link instanceof HandleLink) return link.release();
  if (!(link instanceof PlainLink)) throw new TypeError('this link has no socket of its own');
  return link.release();
}

function opened(this: Socket): void {
  (this as Linked)[LINK].user.opened();
}

function data(this: Socket, chunk: Buffer): void {
  (this as Linked)[LINK].user.data(chunk);
}

function ended(this: Socket): void {
  (this as Linked)[LINK].user.ended();
}

function drained(this: Socket): void {
  (this as Linked)[LINK].user.drained();
}

function failed(this: Socket, error: LinkError): void {
  (this as Linked)[LINK].fail(error);
}

function closed(this: Socket): void {
  const link = (this as Linked)[LINK];
  link.user.closed(link.error);
  link.whenClosed?.();
}

function closedElsewhere(this: Socket): void {
  const { whenClosed } = (this as Linked)[LINK];
  if (whenClosed !== undefined) process.nextTick(whenClosed);
}

function endpoint(address: string | undefined, port: number | undefined): Endpoint {
  return { address: normalizeAddress(address), port: port ?? 0 };
}
