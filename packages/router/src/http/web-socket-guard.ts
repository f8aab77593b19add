import type { WebSocketLimits } from '../model/web-socket.ts';
import {
  CLOSE_CODES,
  CONTROL,
  OPCODES,
  type FrameHeader,
  type FrameJudge,
  type Violation,
} from './web-socket-frames.ts';

const SECOND = 1000;
const BINARY = 0x2;
const MOST_CONTROL = 125;
/** A fragment below this many bytes that is not the last one of its message counts as a message: its purpose is to cost work. */
const SMALL_FRAGMENT = 1024;

/** What may be used of a rate: a bucket that fills up at the rate, and holds what comes in the time of the burst. */
class Allowance {
  readonly capacity: number;
  left: number;
  readonly #perMs: number;
  #filled: number;

  constructor(rate: number, burst: number, now: number) {
    this.#perMs = rate / SECOND;
    this.capacity = Math.max(1, this.#perMs * burst);
    this.left = this.capacity;
    this.#filled = now;
  }

  fill(now: number): void {
    this.left = Math.min(this.capacity, this.left + (now - this.#filled) * this.#perMs);
    this.#filled = now;
  }
}

/**
 * Judges the frames of one direction of a WebSocket (RFC 6455 §5) by its limits, each when its header is complete. It keeps numbers only.
 * Sizes are those on the wire: of a compressed message (permessage-deflate) the compressed ones.
 */
export class FrameGuard implements FrameJudge {
  readonly #fromClient: boolean;
  readonly #maxMessage: number;
  readonly #messages: Allowance | undefined;
  readonly #bytes: Allowance | undefined;
  /** Bytes of the message in progress, with the frame that has begun. */
  #message = 0;

  private constructor(fromClient: boolean, { maxMessage, messages, bytes, burst }: WebSocketLimits, now: number) {
    this.#fromClient = fromClient;
    this.#maxMessage = maxMessage ?? Number.MAX_SAFE_INTEGER;
    if (!fromClient) return;
    if (messages !== undefined) this.#messages = new Allowance(messages, burst ?? SECOND, now);
    if (bytes !== undefined) this.#bytes = new Allowance(bytes, burst ?? SECOND, now);
  }

  static ofClient(limits: WebSocketLimits, now: number): FrameGuard {
    return new FrameGuard(true, limits, now);
  }

  /** Undefined: there is nothing to look for in what a server sends. */
  static ofServer(limits: WebSocketLimits, now: number): FrameGuard | undefined {
    return limits.maxMessage === undefined ? undefined : new FrameGuard(false, limits, now);
  }

  /** What comes next came at this time (a monotonic clock, in milliseconds). */
  at(now: number): void {
    this.#messages?.fill(now);
    this.#bytes?.fill(now);
  }

  begins(frame: FrameHeader): Violation | undefined {
    const { opcode, length, final } = frame;
    if (this.#broken(frame)) return between(CLOSE_CODES.protocolError, 'protocol error');
    if (opcode < CONTROL) {
      this.#message = opcode === 0 ? this.#message + length : length;
      if (this.#message > this.#maxMessage) return between(CLOSE_CODES.tooBig, 'message too big');
    }
    // A client that ends by itself is let go.
    if (opcode === OPCODES.close) return undefined;
    if (this.#messages !== undefined && (opcode > 0 || (!final && length < SMALL_FRAGMENT))) {
      if (this.#messages.left < 1) return between(CLOSE_CODES.policy, 'too many messages');
      this.#messages.left -= 1;
    }
    if (this.#bytes === undefined) return undefined;
    if (this.#bytes.left <= 0) return between(CLOSE_CODES.policy, 'too many bytes');
    this.#bytes.left -= frame.size;
    return undefined;
  }

  /** A frame may run up a debt of one more burst: a WebSocket is better cut between two frames than in one. */
  comes(bytes: number): Violation | undefined {
    if (this.#bytes === undefined) return undefined;
    this.#bytes.left -= bytes;
    return this.#bytes.left < -this.#bytes.capacity
      ? { code: CLOSE_CODES.policy, reason: 'too many bytes', between: false }
      : undefined;
  }

  /** A frame that no endpoint may send, or that two could read differently: what is counted must be what is received. */
  #broken({ opcode, masked, length, final, unfinished }: FrameHeader): boolean {
    if (masked !== this.#fromClient || length > Number.MAX_SAFE_INTEGER) return true;
    if (opcode >= CONTROL) return opcode > OPCODES.pong || length > MOST_CONTROL || !final;
    return opcode > BINARY || (opcode === 0) !== unfinished;
  }
}

function between(code: number, reason: string): Violation {
  return { code, reason, between: true };
}
