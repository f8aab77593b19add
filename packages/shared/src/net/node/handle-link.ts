import type { Socket, SocketConstructorOpts } from 'node:net';
import { normalizeAddress, type Endpoint } from '../endpoint.ts';
import { noUser, type LinkError, type LinkUser, type MeasuredLink } from '../link.ts';
import { COPY_SIZE, giveBack, LARGE, MOST_WAITING, spareMemory } from './copy.ts';
import { gathered, type Gatherer } from './gathered-writes.ts';
import { failure, giveWrite, newShutdown, takeWrite, wasAsync, type Done, type Write } from './handle-requests.ts';
import { onRead, onShutDown, onWritten, type Address, type Handle, type HandleOwner, type Request } from './handle.ts';
import type { HandleOptions } from './handle-options.ts';
import { LendingSocket } from './lending-socket.ts';
import { ReadMemory } from './read-memory.ts';
import { reportSoon } from './report-soon.ts';

/** What the system says of a read that met the end (libuv). */
const END = -4095;
const NOWHERE: Endpoint = { address: '', port: 0 };

/**
 * A link on a connection of the system itself, without Node's stream around it, which costs more than everything else that a connection
 * asks of us. It keeps what the stream would: what waits to be written, what either end has ended, and who is told what. It is long because
 * that is one state machine.
 */
export class HandleLink implements MeasuredLink, HandleOwner, Gatherer {
  user: LinkUser;
  whenClosed: (() => void) | undefined = undefined;
  connecting: boolean;
  closed = false;
  readEnded = false;
  writeEnded = false;
  waiting = 0;
  full = false;
  paused: boolean;
  readonly encrypted = 0;
  readonly handle: Handle;
  readonly #memory: ReadMemory;
  readonly #readFirst: boolean;
  #to: Endpoint | undefined = undefined;
  #peer: Endpoint | undefined = undefined;
  #local: Endpoint | undefined;
  #error: LinkError | undefined = undefined;
  /** Of a write; the rest of what the other end sent comes first. */
  #failure: LinkError | undefined = undefined;
  #reading = false;
  #lent: Buffer | undefined = undefined;
  /** Our FIN: not yet, on its way, gone. */
  #fin: 'no' | 'leaves' | 'left' = 'no';
  #closesSoon = false;
  /** TCP_NODELAY is to be set, which makes no difference before the second write. */
  #undelay: boolean;
  #wrote = false;
  /** Where bytes are kept until the end of this turn (gathered-writes.ts); negative: there are none. For all else they have been sent. */
  #gathered = -1;
  /** Writes that the system has not taken, the oldest first. */
  #pending: Write[] | undefined = undefined;
  #leaving: (() => void)[] | undefined = undefined;

  constructor(handle: Handle, user: LinkUser, options: HandleOptions) {
    this.handle = handle;
    this.user = user;
    this.#memory = options.memory;
    this.#readFirst = options.readFirst;
    this.#undelay = options.undelay;
    this.#local = options.local;
    this.connecting = options.connecting;
    this.paused = !options.connecting;
    handle.owner = this;
  }

  get bulk(): boolean {
    return this.#memory.bulk;
  }

  set bulk(bulk: boolean) {
    this.#memory.bulk = bulk;
  }

  get peer(): Endpoint {
    return this.#peer === undefined ? (this.#peer = this.#ask('getpeername')) : this.#peer;
  }

  get local(): Endpoint {
    return this.#local === undefined ? (this.#local = this.#ask('getsockname')) : this.#local;
  }

  get ending(): boolean {
    return this.writeEnded && this.#fin !== 'left';
  }

  get unsent(): number {
    return this.closed ? 0 : this.handle.writeQueueSize;
  }

  get stuck(): boolean {
    return this.unsent > 0;
  }

  // ---- writing ---------------------------------------------------------------------------------

  write(bytes: Buffer, more?: Buffer): boolean {
    return more === undefined ? this.#send(bytes) : this.#sendTwo(bytes, more);
  }

  give(bytes: Buffer): boolean {
    if (bytes.length < LARGE) return this.#send(bytes);
    return this.#send(bytes, (taken) => {
      const { buffer } = bytes;
      // A part of something larger is not the only one there. After a failure the system may still have it.
      if (taken && buffer instanceof ArrayBuffer && buffer.byteLength === bytes.length) buffer.transfer(0);
    });
  }

  copy(bytes: Buffer, taken: () => void): boolean {
    // A small piece in large memory would let a peer that reads slowly hold many times what it was sent.
    if (bytes.length * 2 < COPY_SIZE || bytes.length > COPY_SIZE) return this.#send(Buffer.from(bytes), taken);
    const memory = spareMemory();
    memory.set(bytes);
    return this.#send(memory.subarray(0, bytes.length), (well) => {
      if (well) giveBack(memory);
      taken();
    });
  }

  whenTaken(then: () => void): void {
    this.leave();
    if (this.closed) return;
    const last = this.#pending?.at(-1);
    if (last === undefined) return process.nextTick(() => this.closed || then());
    (last.done ??= []).push(then);
  }

  #send(bytes: Buffer, done?: Done): boolean {
    if (this.#gathered >= 0) {
      if (done === undefined && !this.writeEnded && gathered.more(this.#gathered, bytes)) return true;
      this.leave();
    }
    if (!this.#begins(bytes.length, done)) return !this.full;
    return (done === undefined && this.#keep(bytes)) || this.#sendNow(bytes, done);
  }

  #sendNow(bytes: Buffer, done?: Done): boolean {
    const request = takeWrite();
    return this.#began(this.handle.writeBuffer(request, bytes), request, bytes, bytes.length, done);
  }

  #sendTwo(bytes: Buffer, more: Buffer): boolean {
    this.leave();
    const size = bytes.length + more.length;
    if (!this.#begins(size, undefined)) return !this.full;
    const [request, pieces] = [takeWrite(), [bytes, more]];
    return this.#began(this.handle.writev(request, pieces, true), request, pieces, size, undefined);
  }

  /** Keeps a small write until the end of this turn, if that is worth it and nothing waits already. */
  #keep(bytes: Buffer): boolean {
    if (this.waiting === 0 && !this.connecting) this.#gathered = gathered.keep(this, bytes);
    return this.#gathered >= 0;
  }

  /** Sends what was kept. */
  leave(): void {
    if (this.#gathered < 0) return;
    const bytes = gathered.take(this.#gathered);
    this.#gathered = -1;
    this.#sendNow(bytes);
    if (this.waiting > 0) gathered.held();
    else if (this.writeEnded) this.#finish();
  }

  /** Whether a write is to be made at all. */
  #begins(size: number, done: Done | undefined): boolean {
    if (this.closed || this.writeEnded) return false;
    if (size === 0 || this.#failure !== undefined) {
      if (done !== undefined) this.whenTaken(() => done(this.#failure === undefined));
      return false;
    }
    if (this.#undelay && this.#wrote && !this.connecting) {
      this.#undelay = false;
      this.handle.setNoDelay?.(true);
    }
    this.#wrote = true;
    return true;
  }

  #began(status: number, request: Write, held: NonNullable<Request['buffer']>, size: number, done?: Done): boolean {
    if (status !== 0) {
      this.#writeFailed(status);
      if (done !== undefined) this.whenTaken(() => done(false));
      return true;
    }
    if (!wasAsync()) {
      giveWrite(request);
      if (done !== undefined) this.whenTaken(() => done(true));
      return true;
    }
    request.owner = this;
    request.oncomplete = onWritten;
    request.buffer = held;
    request.size = size;
    request.done = done === undefined ? undefined : [done];
    (this.#pending ??= []).push(request);
    this.waiting += size;
    if (this.waiting >= MOST_WAITING) this.full = true;
    return !this.full;
  }

  written(status: number): void {
    if (this.closed) return;
    if (status < 0) return this.#writeFailed(status);
    const request = this.#pending?.shift();
    this.waiting -= request?.size ?? 0;
    for (const done of request?.done ?? []) done(true);
    if (this.waiting === 0) this.#emptied();
  }

  /** All that was written has been taken. */
  #emptied(): void {
    if (this.closed) return;
    if (this.writeEnded) return this.#finish();
    if (!this.full) return;
    this.full = false;
    this.user.drained();
  }

  #writeFailed(status: number): void {
    const error = failure('write', status);
    if (!this.#readFirst || this.readEnded || this.connecting) return this.#fail(error);
    // What was written is lost; whoever waits for room must not wait indefinitely, and learns of it when the link closes.
    this.#failure = error;
    const lost = this.#pending ?? [];
    this.#pending = undefined;
    this.waiting = 0;
    process.nextTick(() => {
      for (const { done } of lost) for (const each of done ?? []) each(false);
      this.#emptied();
    });
  }

  // ---- reading ---------------------------------------------------------------------------------

  pause(): void {
    this.paused = true;
    if (!this.#reading) return;
    this.#reading = false;
    if (!this.closed) this.handle.readStop();
  }

  resume(): void {
    this.paused = false;
    if (this.#reading || this.connecting || this.readEnded || this.closed) return;
    this.#reading = true;
    if (this.#lent === undefined) {
      this.handle.onread = onRead;
      this.handle.useUserBuffer((this.#lent = this.#memory.next()));
    }
    const status = this.handle.readStart();
    if (status !== 0) this.#fail(failure('read', status));
  }

  read(size: number): Buffer | undefined {
    if (this.closed || size === 0) return undefined;
    if (size > 0) {
      this.#memory.lend(size, this.user);
      if (!this.#reading) {
        // Memory for a read that does not follow would be kept for as long as a client reads nothing.
        this.#lent = undefined;
        return undefined;
      }
      const next = this.#memory.next();
      return next === this.#lent ? undefined : (this.#lent = next);
    }
    this.#reading = false;
    if (size !== END) this.#fail(failure('read', size));
    // Not an end in good order: an answer until close would pass for whole.
    else if (this.#failure !== undefined) this.#fail(this.#failure);
    else this.#ended();
    return undefined;
  }

  #ended(): void {
    this.readEnded = true;
    this.user.ended();
    if (this.writeEnded && this.waiting === 0) this.#finish();
  }

  // ---- connecting and closing ------------------------------------------------------------------

  connected(status: number): void {
    if (this.closed) return;
    this.connecting = false;
    if (status !== 0) return this.#fail(failure('connect', status, this.#to));
    this.user.opened();
    if (this.closed) return;
    if (!this.paused) this.resume();
    if (this.writeEnded && this.waiting === 0) this.#finish();
  }

  /** Where a connection that is being made goes to, and what the system said to that. */
  dialled(to: Endpoint, status: number): void {
    this.#to = to;
    if (status !== 0) this.#fail(failure('connect', status, to));
  }

  end(left?: () => void): void {
    if (this.closed) return;
    if (left !== undefined) {
      if (this.#fin === 'left') process.nextTick(left);
      else (this.#leaving ??= []).push(left);
    }
    if (this.writeEnded) return;
    this.writeEnded = true;
    if (this.waiting === 0 && !this.connecting) this.#finish();
  }

  closeSoon(): void {
    this.#closesSoon = true;
    this.end();
    if (this.#fin === 'left') this.close();
  }

  close(): void {
    const kept = this.#gathered >= 0;
    this.leave();
    // For its user that had been sent: cut off, it must not pass for whole.
    if (kept && this.waiting > 0) return this.reset();
    if (this.closed) return;
    this.#shut();
    this.handle.close();
    reportSoon(this);
  }

  reset(): void {
    this.leave();
    if (this.closed) return;
    // Node refuses while the FIN is on its way, and would never close the connection.
    if (this.#fin === 'leaves' || this.connecting || this.handle.reset === undefined) return this.close();
    this.#shut();
    this.handle.reset();
    reportSoon(this);
  }

  vanished(): boolean {
    if (this.closed || this.connecting || this.#fin === 'left') return false;
    // Unix sockets do not know.
    return (this.handle.getpeername?.({}) ?? 0) !== 0;
  }

  /** Sends our FIN. The system does that too when it closes a connection: nothing is asked of it twice. */
  #finish(): void {
    // What was kept leaves first.
    if (this.closed || this.#gathered >= 0) return;
    if (this.readEnded || this.#closesSoon || this.#failure !== undefined) {
      this.#fin = 'left';
      return this.close();
    }
    if (this.#fin !== 'no') return;
    this.#fin = 'leaves';
    const request = newShutdown();
    request.owner = this;
    request.oncomplete = onShutDown;
    if (this.handle.shutdown(request) !== 0) process.nextTick(() => this.shutDown());
  }

  shutDown(): void {
    if (this.closed) return;
    this.#fin = 'left';
    this.#left();
    if (this.readEnded || this.#closesSoon) this.close();
  }

  #left(): void {
    for (const left of this.#leaving?.splice(0) ?? []) left();
  }

  #fail(error: LinkError): void {
    this.#error ??= error;
    this.close();
  }

  #shut(): void {
    this.closed = true;
    this.connecting = false;
    this.#reading = false;
    this.full = false;
    this.waiting = 0;
    this.#pending = undefined;
  }

  gone(): void {
    if (this.#fin === 'left') this.#left();
    this.user.closed(this.#error);
    this.whenClosed?.();
  }

  /** Used by `socketOf`: Node's own socket on the same connection. */
  release(): Socket {
    this.leave();
    if (this.#reading) this.pause();
    this.user = noUser;
    this.handle.owner = undefined;
    // Node's types do not know `handle` as it is.
    const options = {
      allowHalfOpen: true,
      handle: this.handle,
      pauseOnCreate: true,
    } as unknown as SocketConstructorOpts;
    const socket = new LendingSocket(options, new ReadMemory(false));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.closed = true;
      const { whenClosed } = this;
      if (whenClosed !== undefined) process.nextTick(whenClosed);
    });
    return socket;
  }

  #ask(what: 'getpeername' | 'getsockname'): Endpoint {
    const found: Address = {};
    if (this.closed || this.handle[what]?.(found) !== 0) return NOWHERE;
    return { address: normalizeAddress(found.address), port: found.port ?? 0 };
  }
}
