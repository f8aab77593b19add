import { performance } from 'node:perf_hooks';
import { closeFrame, CLOSE_CODES, FrameScanner, type Violation } from '../http/web-socket-frames.ts';
import { FrameGuard } from '../http/web-socket-guard.ts';
import { isWebSocket } from '../http/switching.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { failures, type Failure } from '../model/failure.ts';
import type { Backend } from '../model/snapshot.ts';
import { webSocketLimits, type WebSocketLimits } from '../model/web-socket.ts';

/** Milliseconds that a message in progress has to end, and that both ends have to answer the Close frame. */
const PATIENCE = 2000;

const RESTART = { code: CLOSE_CODES.serviceRestart, reason: 'service restart' };

const NOTHING = Buffer.alloc(0);

/** What a farewell does to a tunnel. */
export interface Ends {
  toClient(bytes: Buffer): void;
  toServer(bytes: Buffer): void;
  /** Ends both sides, following what was written. */
  end(failure: Failure): void;
}

/** One direction of a WebSocket. */
class Direction {
  /** Our Close frame was sent, or none can be. */
  done = false;
  readonly #guard: FrameGuard | undefined;
  readonly #scanner: FrameScanner;
  readonly #send: (bytes: Buffer) => void;
  readonly #masked: boolean;
  /** The beginning of a header, which passes once the guard has seen all of it: at most 9 bytes. */
  #held = NOTHING;

  constructor(guard: FrameGuard | undefined, send: (bytes: Buffer) => void, masked: boolean) {
    this.#guard = guard;
    this.#scanner = new FrameScanner(guard);
    this.#send = send;
    this.#masked = masked;
  }

  /** Between two messages. */
  get atBoundary(): boolean {
    return this.#scanner.atBoundary;
  }

  /** A Close frame of its sender went by. */
  get closed(): boolean {
    return this.#scanner.closed;
  }

  get violation(): Violation | undefined {
    return this.#scanner.violation;
  }

  /** What of these bytes may pass; with `stop` no more than the rest of the message in progress. */
  pass(bytes: Buffer, stop: boolean): Buffer {
    this.#guard?.at(performance.now());
    const passed = this.#scanner.follow(bytes, stop);
    const stopped = stop && this.#scanner.atBoundary;
    if (stopped) this.#scanner.follow(bytes.subarray(passed));
    if (passed === bytes.length && this.#held.length === 0) return bytes;
    const held = this.#held;
    const all = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    const end = held.length + passed;
    // Lent bytes, which the next read overwrites.
    this.#held = stopped || this.violation !== undefined ? NOTHING : Buffer.from(all.subarray(end));
    return all.subarray(0, end);
  }

  /** What still comes is followed, to see its sender's Close frame, and dropped. */
  drop(bytes: Buffer): void {
    this.#scanner.follow(bytes);
  }

  say({ code, reason }: Pick<Violation, 'code' | 'reason'>): void {
    this.#send(closeFrame(code, reason, this.#masked));
  }
}

/**
 * Ends a WebSocket so that both ends know why (RFC 6455 §7): a Close frame to each of them once the messages in progress are
 * complete, nothing after it, then the connections. It follows every frame of the tunnel's life, since the end of a message cannot be found
 * from the middle of one, and with limits it also ends a WebSocket that exceeds them. One object for both directions; a tunnel that is not a
 * WebSocket has none.
 */
export class Farewell {
  /** What the exchange failed by, when a limit ends it. */
  failure: Failure | undefined = undefined;
  readonly #ends: Ends;
  /** To the server, and to the client. */
  readonly #up: Direction;
  readonly #down: Direction;
  #why: Pick<Violation, 'code' | 'reason'> = RESTART;
  #began = false;
  #over = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(ends: Ends, limits?: WebSocketLimits) {
    this.#ends = ends;
    const now = limits === undefined ? 0 : performance.now();
    const guards = limits && [FrameGuard.ofClient(limits, now), FrameGuard.ofServer(limits, now)];
    this.#up = new Direction(guards?.[0], (bytes) => ends.toServer(bytes), true);
    this.#down = new Direction(guards?.[1], (bytes) => ends.toClient(bytes), false);
  }

  /** The part of what the client sent that goes to the server. */
  fromClient(bytes: Buffer): Buffer {
    return this.#pass(this.#up, bytes);
  }

  /** The part of what the server sent that goes to the client. */
  fromServer(bytes: Buffer): Buffer {
    return this.#pass(this.#down, bytes);
  }

  /** Says farewell as soon as the messages in progress are complete. */
  begin(): void {
    if (this.#began || this.#over) return;
    this.#began = true;
    this.#timer = setTimeout(() => this.#end(), PATIENCE);
    this.#timer.unref();
    this.#proceed();
  }

  /** Says it now where that is possible: the connections are about to be cut. */
  hurry(): void {
    this.#began = true;
    this.#say();
    this.stop();
  }

  /** The tunnel is over. */
  stop(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  #pass(direction: Direction, bytes: Buffer): Buffer {
    if (direction.done) {
      direction.drop(bytes);
      if (direction.closed) queueMicrotask(() => this.#proceed());
      return NOTHING;
    }
    const passed = direction.pass(bytes, this.#began);
    // What passes goes first.
    if (direction.violation !== undefined) this.#violated(direction, direction.violation);
    else if (this.#began && direction.atBoundary) queueMicrotask(() => this.#proceed());
    return passed;
  }

  /** A limit was exceeded. Nothing more of the direction passes; the other one ends as in any farewell. */
  #violated(direction: Direction, violation: Violation): void {
    direction.done = true;
    if (this.failure === undefined) {
      this.#why = violation;
      this.failure = direction === this.#up ? failures.webSocketLimit : failures.webSocketServer;
    }
    queueMicrotask(() => {
      if (violation.between) direction.say(this.#why);
      if (this.#began) this.#proceed();
      else this.begin();
    });
  }

  #proceed(): void {
    this.#say();
    // Both ends answer a Close frame with theirs, or sent one before.
    if (this.#up.done && this.#down.done && this.#up.closed && this.#down.closed) this.#end();
  }

  #end(): void {
    this.stop();
    this.#ends.end(this.failure ?? failures.killed);
  }

  #say(): void {
    for (const direction of [this.#up, this.#down]) {
      if (direction.done || !direction.atBoundary) continue;
      direction.done = true;
      if (!direction.closed) direction.say(this.#why);
    }
  }
}

/** Of the tunnel of an exchange whose request asked for `upgrade`; undefined: it is not a WebSocket. */
export function farewellOf(
  exchange: Exchange,
  backend: Backend,
  upgrade: string | undefined,
  ends: Ends,
): Farewell | undefined {
  if (!isWebSocket(upgrade)) return undefined;
  return new Farewell(ends, webSocketLimits(exchange.context.config.webSocket, backend.webSocket));
}

/** One end of a tunnel has left: that is how it ended, unless a limit made it leave. */
export function conclude(exchange: Exchange, farewell: Farewell | undefined, how: Failure | undefined): void {
  const failure = farewell?.failure ?? how;
  if (failure === undefined) exchange.completed();
  else exchange.failed(failure);
}
