import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { normalizeAddress, type Endpoint } from '../endpoint.ts';
import {
  noUser,
  type LinkError,
  type LinkUser,
  type PeerCertificate,
  type SecureLink,
  type TlsFacts,
} from '../link.ts';
import { agreedBy, shownBy } from './agreed.ts';
import { KeyChanges } from './key-changes.ts';
import { giveTo } from './copy.ts';
import { encryptTo, reclaims } from './encrypt.ts';
import type { PlainLink } from './plain-link.ts';
import { queued } from './queued.ts';
import { takeReads } from './take-reads.ts';
import { isEnding, isGone, resetSocket } from './reset.ts';
import { onceTaken, writeTo } from './write.ts';

/** What the runtime has and its types do not show. */
interface Handle {
  readonly readStart: () => unknown;
  readonly readStop: () => unknown;
}

/**
 * A TLS connection of Node's after its handshake.
 *
 * `pause()` of its stream keeps 'data' from being reported, but the runtime reads on until 64 KiB of plain bytes wait: of records
 * with one byte each these are 65,536 pieces, all decrypted before anybody else has a turn. So reading is stopped below the
 * stream, at the system's socket. What is still reported of the present read (at most 64 KiB) is kept here, and reported in one piece: a
 * write for each of two thousand records would cost more than all the rest. Where the runtime does not have what this needs
 * it is `pause()` and `resume()`: everything works, less fairly. It is long because it answers all of `Link` on one state.
 */
export class NodeSecureLink implements SecureLink {
  user: LinkUser = noUser;
  whenClosed: (() => void) | undefined = undefined;
  /** Records are decrypted into memory that is replaced while someone holds it (record-memory.ts). */
  readonly bulk = true;
  readonly peer: Endpoint;
  readonly local: Endpoint;
  readonly #socket: TLSSocket;
  readonly #below: PlainLink | undefined;
  readonly #requested: () => string;
  #error: LinkError | undefined = undefined;
  #facts: TlsFacts | undefined = undefined;
  #paused = true;
  #listening = false;
  /** Reading is stopped below the stream. */
  #stopped = false;
  /** What came while paused, and whether the end did. */
  #kept: Buffer[] = [];
  #keptEnd = false;
  #due = false;
  #ended = false;
  /** OpenSSL may still be in the handshake: its end is reported from within it. */
  #young = true;
  readonly #keys: KeyChanges;
  #cutting = false;
  #destroying = false;

  /** `requested`: the server name in the ClientHello, where the runtime has dropped it. */
  constructor(socket: TLSSocket, below: PlainLink | undefined, requested: () => string = noName) {
    this.#socket = socket;
    this.#below = below;
    this.#requested = requested;
    this.peer = below?.peer ?? endpoint(socket.remoteAddress, socket.remotePort);
    this.local = below?.local ?? endpoint(socket.localAddress, socket.localPort);
    socket.on('error', (error: LinkError) => this.#failed(error));
    socket.on('close', () => {
      // After a reset Node reports this from within destroy().
      if (this.#destroying) process.nextTick(() => this.#closed());
      else this.#closed();
    });
    socket.on('drain', () => this.user.drained());
    reclaims(socket);
    this.#keys = new KeyChanges(socket, {
      pause: () => this.#stop(),
      resume: () => this.#goOn(),
      overdone: (error) => this.#socket.destroy(error),
    });
    setImmediate(() => (this.#young = false));
  }

  /** Asked for more than once; the group apart, for the session that tells it costs 10 µs to read. */
  get facts(): TlsFacts {
    return (this.#facts ??= agreedBy(this.#socket, this.#requested));
  }

  peerCertificate(): PeerCertificate {
    return shownBy(this.#socket);
  }

  ownFingerprint(): string | undefined {
    return this.#socket.getX509Certificate()?.fingerprint256;
  }

  get encrypted(): number {
    return this.#below?.socket.bytesRead ?? 0;
  }

  get unsent(): number {
    return queued(this.#socket);
  }

  get stuck(): boolean {
    return this.#below !== undefined && queued(this.#below.socket) > 0;
  }

  get connecting(): boolean {
    return false;
  }

  get closed(): boolean {
    return this.#cutting || this.#socket.destroyed;
  }

  get readEnded(): boolean {
    return this.#ended;
  }

  get writeEnded(): boolean {
    return this.#socket.writableEnded;
  }

  get ending(): boolean {
    return isEnding(this.#socket);
  }

  get waiting(): number {
    return this.#socket.writableLength;
  }

  get full(): boolean {
    return !this.#cutting && this.#socket.writableNeedDrain;
  }

  get paused(): boolean {
    return this.#paused;
  }

  write(bytes: Buffer, more?: Buffer): boolean {
    return writeTo(this.#socket, bytes, more);
  }

  give(bytes: Buffer): boolean {
    return giveTo(this.#socket, bytes);
  }

  copy(bytes: Buffer, taken: () => void): boolean {
    return encryptTo(this.#socket, bytes, taken);
  }

  whenTaken(then: () => void): void {
    onceTaken(this.#socket, then);
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#stop();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (!this.#listening) this.#listen();
    this.#goOn();
  }

  #goOn(): void {
    if (this.#paused) return;
    if (this.#kept.length > 0 || this.#keptEnd) this.#deliverLater();
    else this.#start();
  }

  end(left?: () => void): void {
    this.#socket.end(left);
  }

  closeSoon(): void {
    this.#socket.destroySoon();
  }

  close(): void {
    this.#destroy();
  }

  reset(): void {
    if (this.#cutting || this.#socket.destroyed) return;
    this.#cutting = true;
    // A reset from within OpenSSL crashes the process.
    if (this.#young) setImmediate(() => this.#cut());
    else this.#cut();
  }

  vanished(): boolean {
    return isGone(this.#socket);
  }

  /** Used by `secureSocketOf`, before anything was read. */
  release(): Socket {
    this.user = noUser;
    this.#keys.end();
    return this.#socket;
  }

  #cut(): void {
    if (this.#below !== undefined && !isEnding(this.#socket)) resetSocket(this.#below.socket);
    this.#destroy();
  }

  #destroy(): void {
    this.#destroying = true;
    this.#socket.destroy();
    this.#destroying = false;
  }

  #closed(): void {
    this.#kept = [];
    this.#keys.end();
    this.user.closed(this.#error);
    this.whenClosed?.();
  }

  #listen(): void {
    this.#listening = true;
    this.#socket.on('end', () => this.#end());
    takeReads(this.#socket, this.#data);
    // What came before that; all, where the runtime does not have what it needs.
    this.#socket.on('data', this.#data);
  }

  readonly #data = (chunk: Buffer): boolean => {
    if (this.#cutting) return false;
    this.#keys.heard();
    if (!this.#paused && !this.#due) return this.user.data(chunk);
    this.#kept.push(chunk);
    this.#stop();
    return true;
  };

  #stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    const handle = handleOf(this.#socket);
    if (handle === undefined) this.#socket.pause();
    else handle.readStop();
  }

  #start(): void {
    if (!this.#stopped || this.#keys.waiting || this.closed) return;
    this.#stopped = false;
    const handle = handleOf(this.#socket);
    if (handle === undefined) this.#socket.resume();
    else handle.readStart();
  }

  #end(): void {
    if (this.#cutting) return;
    if (this.#paused || this.#due) {
      this.#keptEnd = true;
      return;
    }
    this.#ended = true;
    this.user.ended();
  }

  /** Not from within `resume`. */
  #deliverLater(): void {
    if (this.#due) return;
    this.#due = true;
    process.nextTick(() => {
      this.#due = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    if (this.closed || this.#paused) return;
    const [first, ...more] = this.#kept;
    this.#kept = [];
    if (first !== undefined) this.user.data(more.length === 0 ? first : Buffer.concat([first, ...more]));
    if (this.#paused) return;
    if (this.#keptEnd) {
      this.#keptEnd = false;
      this.#end();
    } else this.#start();
  }

  /** Some failures come from within OpenSSL (too many renegotiations), and leave the socket open: closing it before OpenSSL has returned crashes the process. */
  #failed(error: LinkError): void {
    this.#error = error;
    if (!this.#socket.destroyed) setImmediate(() => this.#socket.destroy());
  }
}

function noName(): string {
  return '';
}

/** Undefined where the runtime has no such thing, or the connection is closed. */
function handleOf(socket: Socket): Handle | undefined {
  const handle: unknown = Reflect.get(socket, '_handle');
  if (typeof handle !== 'object' || handle === null) return undefined;
  const able = ['readStart', 'readStop'].every((name) => typeof Reflect.get(handle, name) === 'function');
  return able ? (handle as Handle) : undefined;
}

function endpoint(address: string | undefined, port: number | undefined): Endpoint {
  return { address: normalizeAddress(address), port: port ?? 0 };
}
