import { randomBytes } from 'node:crypto';

/** Close codes that a proxy has reason to send (RFC 6455 §7.4.1 and the IANA registry). */
export const CLOSE_CODES = {
  goingAway: 1001,
  protocolError: 1002,
  policy: 1008,
  tooBig: 1009,
  serviceRestart: 1012,
} as const;

/** RFC 6455 §5.2. */
export const OPCODES = { close: 0x8, ping: 0x9, pong: 0xa } as const;

const FIN = 0x80;
const MASKED = 0x80;
const OPCODE = 0x0f;
/** Opcodes from here on are control frames, which may come between the frames of a message. */
export const CONTROL = 0x8;

/** The header of one frame. */
export interface FrameHeader {
  readonly opcode: number;
  readonly final: boolean;
  readonly masked: boolean;
  /** Bytes of its contents. */
  readonly length: number;
  /** Bytes of the header itself; a masking key counts as contents. */
  readonly size: number;
  /** The message before it lacks its last frame. */
  readonly unfinished: boolean;
}

/** Why a direction of a WebSocket ends, in the words of a Close frame. */
export interface Violation {
  readonly code: number;
  readonly reason: string;
  /** What is left of the direction ends between two frames, where a Close frame can follow. */
  readonly between: boolean;
}

/** Decides which frames may pass. */
export interface FrameJudge {
  /** A frame is about to begin; refused, nothing of it passes. */
  begins(frame: FrameHeader): Violation | undefined;
  /** So many bytes of its contents came. */
  comes(bytes: number): Violation | undefined;
}

/**
 * Follows the frames of one direction of a WebSocket (RFC 6455 §5.2) without looking at or keeping their contents, to know
 * where a message ends: a Close frame anywhere else would make the receiver drop half a message, or read the frame as contents.
 * With a guard it stops where that refuses one.
 */
export class FrameScanner {
  /** Bytes of the frame's header so far: none, the first, or both and some of the extended length. */
  #first = -1;
  #lengthBytes = 0;
  #length = 0;
  #masked = false;
  /** Bytes of the header that came, and are not to pass before the guard has seen all of it. */
  #unjudged = 0;
  #guard: FrameJudge | undefined;
  /** Bytes of the frame still to come, masking key included. */
  #remaining = 0;
  /** A message has begun whose last frame has not. */
  #unfinished = false;
  #state: 'first' | 'second' | 'length' | 'payload' = 'first';
  /** A complete Close frame went by: the direction is finished. */
  closed = false;
  /** What its guard refused; from then on there is no guard. */
  violation: Violation | undefined = undefined;

  constructor(guard?: FrameJudge) {
    this.#guard = guard;
  }

  /** Between two messages. */
  get atBoundary(): boolean {
    return this.#state === 'first' && !this.#unfinished;
  }

  /**
   * Follows bytes. With `stop`, only up to the end of the message in progress. Returns how many may pass. With a guard these end before a
   * header that is not complete, which is negative when some of it came earlier; and before a frame that it refuses, although all are followed.
   */
  follow(bytes: Buffer, stop = false): number {
    let passed: number | undefined;
    let at = 0;
    while (at < bytes.length && !(stop && this.atBoundary)) {
      if (this.#state === 'payload') at += this.#skip(bytes.length - at);
      else this.#header(bytes[at++] ?? 0);
      if (this.violation === undefined || this.#guard === undefined) continue;
      passed = at - this.#unjudged;
      this.#guard = undefined;
      this.#unjudged = 0;
    }
    return passed ?? at - this.#unjudged;
  }

  #header(byte: number): void {
    if (this.#guard !== undefined) this.#unjudged += 1;
    if (this.#state === 'first') {
      this.#first = byte;
      this.#state = 'second';
      return;
    }
    if (this.#state === 'second') {
      this.#masked = (byte & MASKED) !== 0;
      const length = byte & 0x7f;
      this.#length = length < 126 ? length : 0;
      this.#lengthBytes = length < 126 ? 0 : length === 126 ? 2 : 8;
      this.#state = 'length';
    } else {
      this.#length = this.#length * 256 + byte;
      this.#lengthBytes -= 1;
    }
    if (this.#lengthBytes === 0) this.#headerEnds();
  }

  #headerEnds(): void {
    if (this.#guard !== undefined) this.violation = this.#judged(this.#guard);
    this.#remaining = this.#length + (this.#masked ? 4 : 0);
    this.#state = 'payload';
    if (this.#remaining === 0) this.#frameEnds();
  }

  #judged(guard: FrameJudge): Violation | undefined {
    const violation = guard.begins({
      opcode: this.#first & OPCODE,
      final: (this.#first & FIN) !== 0,
      masked: this.#masked,
      length: this.#length,
      size: this.#unjudged,
      unfinished: this.#unfinished,
    });
    if (violation === undefined) this.#unjudged = 0;
    return violation;
  }

  #skip(available: number): number {
    const taken = Math.min(available, this.#remaining);
    this.#remaining -= taken;
    if (this.#guard !== undefined) this.violation = this.#guard.comes(taken);
    if (this.#remaining === 0) this.#frameEnds();
    return taken;
  }

  #frameEnds(): void {
    this.#state = 'first';
    const opcode = this.#first & OPCODE;
    if (opcode < CONTROL) this.#unfinished = (this.#first & FIN) === 0;
    else if (opcode === OPCODES.close) this.closed = true;
  }
}

/** A Close frame. `masked`: as clients send it (RFC 6455 §5.3). The reason has at most 123 bytes. */
export function closeFrame(code: number, reason: string, masked: boolean): Buffer {
  const text = Buffer.from(reason).subarray(0, 123);
  const payload = Buffer.alloc(2 + text.length);
  payload.writeUInt16BE(code);
  text.copy(payload, 2);
  return controlFrame(OPCODES.close, payload, masked);
}

/** A control frame, whose payload has at most 125 bytes. `masked`: as clients send it. */
export function controlFrame(opcode: number, payload: Buffer, masked: boolean): Buffer {
  const head = [FIN | opcode, (masked ? MASKED : 0) | payload.length];
  if (!masked) return Buffer.concat([Buffer.from(head), payload]);
  const key = randomBytes(4);
  const covered = payload.map((byte, index) => byte ^ (key[index % 4] ?? 0));
  return Buffer.concat([Buffer.from(head), key, covered]);
}

export interface Frame {
  readonly opcode: number;
  readonly masked: boolean;
  /** As it was sent: masked where it is. */
  readonly payload: Buffer;
}

/** The complete frames at the beginning of these bytes. */
export function framesIn(bytes: Buffer): readonly Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    const [first = 0, second = 0] = bytes.subarray(at, at + 2);
    const masked = (second & MASKED) !== 0;
    const short = second & 0x7f;
    const extended = short < 126 ? 0 : short === 126 ? 2 : 8;
    if (at + 2 + extended > bytes.length) break;
    const length =
      extended === 0 ? short : extended === 2 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    const from = at + 2 + extended + (masked ? 4 : 0);
    if (from + length > bytes.length) break;
    frames.push({ opcode: first & OPCODE, masked, payload: bytes.subarray(from, from + length) });
    at = from + length;
  }
  return frames;
}
