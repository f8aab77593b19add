/** What Node.js builds its sockets on: an open connection of the system, without a stream around it. Its types do not know it. */
export interface Handle {
  /** Called after every read; returns the memory for the next one, if that is to be another. */
  onread: (this: Handle) => Buffer | undefined;
  /** All bytes that were written, and those among them that the system has not taken. */
  readonly bytesWritten: number;
  readonly writeQueueSize: number;
  /** Whose it is: one function serves the reports of all handles. */
  owner?: HandleOwner | undefined;
  useUserBuffer(memory: Buffer): void;
  readStart(): number;
  readStop(): number;
  writeBuffer(request: Request, bytes: Buffer): number;
  writev(request: Request, chunks: readonly Buffer[], allBuffers: true): number;
  shutdown(request: Request): number;
  close(): void;
  // Unix sockets have none of these.
  reset?(): number;
  getpeername?(to: Address): number;
  getsockname?(to: Address): number;
  setNoDelay?(on: boolean): number;
  setKeepAlive?(on: boolean, seconds: number): number;
}

/** What is told what its handle reports. */
export interface HandleOwner {
  /** A read is over: its size, or an error of the system; the end is one too. */
  read(size: number): Buffer | undefined;
  connected(status: number): void;
  /** The oldest write that was not over when its call returned. */
  written(status: number): void;
  shutDown(): void;
}

export interface Address {
  address?: string;
  port?: number;
}

/** One thing that was asked of a handle and takes its time. */
export interface Request {
  oncomplete?: (this: Request, status: number) => void;
  owner?: HandleOwner | undefined;
  /** Keeps the memory that is being written. */
  buffer?: Buffer | readonly Buffer[];
}

/** A handle that connects. */
interface ConnectingHandle extends Handle {
  connect(request: Request, host: string, port?: number): number;
  connect6?(request: Request, host: string, port: number): number;
}

type Make<T> = new () => T;
type MakeHandle = new (kind: number) => ConnectingHandle;

interface Streams {
  readonly WriteWrap: Make<Request>;
  readonly ShutdownWrap: Make<Request>;
  /** Results of the last call. */
  readonly streamBaseState: Int32Array;
  readonly kReadBytesOrError: number;
  readonly kLastWriteWasAsync: number;
}

interface Connecting {
  readonly TCP: MakeHandle;
  readonly TCPConnectWrap: Make<Request>;
  readonly Pipe: MakeHandle;
  readonly PipeConnectWrap: Make<Request>;
  /** TCP.SOCKET and Pipe.SOCKET. */
  readonly socket: number;
}

/** Undefined where the runtime does not offer them, or in another form: then sockets are used as everybody uses them. */
export const streams = findStreams();
export const connecting = findConnecting();

// What handles and requests call: one function for all of a kind, without a closure for each.

export function onRead(this: Handle): Buffer | undefined {
  return this.owner?.read(streams?.streamBaseState[streams.kReadBytesOrError] ?? 0);
}

export function onConnected(this: Request, status: number): void {
  this.owner?.connected(status);
}

export function onWritten(this: Request, status: number): void {
  this.owner?.written(status);
}

export function onShutDown(this: Request): void {
  this.owner?.shutDown();
}

function findStreams(): Streams | undefined {
  const found = binding('stream_wrap');
  const { WriteWrap, ShutdownWrap, streamBaseState, kReadBytesOrError, kLastWriteWasAsync } = found;
  const made = [WriteWrap, ShutdownWrap].every((each) => typeof each === 'function');
  const placed = [kReadBytesOrError, kLastWriteWasAsync].every((each) => typeof each === 'number');
  return made && placed && streamBaseState instanceof Int32Array ? (found as unknown as Streams) : undefined;
}

function findConnecting(): Connecting | undefined {
  const { TCP, TCPConnectWrap, constants } = binding('tcp_wrap');
  const { Pipe, PipeConnectWrap, constants: ofPipes } = binding('pipe_wrap');
  if (![TCP, TCPConnectWrap, Pipe, PipeConnectWrap].every((each) => typeof each === 'function')) return undefined;
  const [socket, same] = [constants, ofPipes].map((each: unknown) =>
    typeof each === 'object' && each !== null ? Reflect.get(each, 'SOCKET') : undefined,
  ) as [unknown, unknown];
  if (typeof socket !== 'number' || socket !== same) return undefined;
  return { TCP, TCPConnectWrap, Pipe, PipeConnectWrap, socket } as unknown as Connecting;
}

/** One of the runtime's modules that its own network code is made of (docs/adr/0043, 0044). */
function binding(name: string): Readonly<Record<string, unknown>> {
  const find: unknown = Reflect.get(process, 'binding');
  if (typeof find !== 'function') return {};
  const { noDeprecation } = process;
  try {
    // With --pending-deprecation Node would warn of what is decided here.
    process.noDeprecation = true;
    const found: unknown = Reflect.apply(find, process, [name]);
    return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : {};
  } catch {
    return {};
  } finally {
    process.noDeprecation = noDeprecation === true;
  }
}
