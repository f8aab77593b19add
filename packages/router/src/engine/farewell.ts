import { closeFrame, CLOSE_CODES, FrameScanner } from '../http/web-socket-frames.ts';
import { protocolsIn } from '../http/switching.ts';

/** Milliseconds that a message in progress has to end, and that both ends have to answer the Close frame. */
const PATIENCE = 2000;

const REASON = 'service restart';

/** What a farewell does to a tunnel. */
export interface Ends {
  toClient(bytes: Buffer): void;
  toServer(bytes: Buffer): void;
  /** Ends both sides, following what was written. */
  end(): void;
}

/**
 * Ends a WebSocket so that both ends know why (RFC 6455 §7): a Close frame to each of them once the messages in progress are
 * complete, nothing after it, then the connections. It follows every frame of the tunnel's life, since the end of a message cannot be found
 * from the middle of one. One object for both directions; a tunnel that is not a WebSocket has none.
 */
export class Farewell {
  readonly #ends: Ends;
  readonly #up = new FrameScanner();
  readonly #down = new FrameScanner();
  /** Close frames of ours that were sent, to the server and to the client. */
  #upDone = false;
  #downDone = false;
  #began = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(ends: Ends) {
    this.#ends = ends;
  }

  /** Whether an `Upgrade` field asks for WebSocket and nothing else. */
  static isWebSocket(upgrade: string | undefined): boolean {
    if (upgrade === undefined) return false;
    const protocols = protocolsIn(upgrade);
    return protocols?.length === 1 && protocols[0] === 'websocket';
  }

  /** The part of what the client sent that goes to the server. */
  fromClient(bytes: Buffer): Buffer {
    if (this.#upDone) return this.#swallow(this.#up, bytes);
    const passed = this.#up.follow(bytes, this.#began);
    if (!this.#began) return bytes;
    // The rest of the message in progress goes first.
    if (this.#up.atBoundary) queueMicrotask(() => this.#proceed());
    return bytes.subarray(0, passed);
  }

  /** The part of what the server sent that goes to the client. */
  fromServer(bytes: Buffer): Buffer {
    if (this.#downDone) return this.#swallow(this.#down, bytes);
    const passed = this.#down.follow(bytes, this.#began);
    if (!this.#began) return bytes;
    if (this.#down.atBoundary) queueMicrotask(() => this.#proceed());
    return bytes.subarray(0, passed);
  }

  /** Says farewell as soon as the messages in progress are complete. */
  begin(): void {
    if (this.#began) return;
    this.#began = true;
    this.#timer = setTimeout(() => this.#ends.end(), PATIENCE);
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
    clearTimeout(this.#timer);
  }

  #proceed(): void {
    this.#say();
    if (!this.#upDone || !this.#downDone) return;
    // Both ends answer a Close frame with theirs, or sent one before.
    if (this.#up.closed && this.#down.closed) {
      this.stop();
      this.#ends.end();
    }
  }

  #say(): void {
    if (!this.#upDone && this.#up.atBoundary) {
      this.#upDone = true;
      if (!this.#up.closed) this.#ends.toServer(closeFrame(CLOSE_CODES.serviceRestart, REASON, true));
    }
    if (!this.#downDone && this.#down.atBoundary) {
      this.#downDone = true;
      if (!this.#down.closed) this.#ends.toClient(closeFrame(CLOSE_CODES.serviceRestart, REASON, false));
    }
  }

  #swallow(scanner: FrameScanner, bytes: Buffer): Buffer {
    scanner.follow(bytes);
    if (scanner.closed) queueMicrotask(() => this.#proceed());
    return bytes.subarray(0, 0);
  }
}
