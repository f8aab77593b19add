import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Sink } from './sink.ts';
import { systemText } from './system-text.ts';

/** Limit of lines waiting for the name to resolve, and of datagrams waiting in the socket. */
const mostWaiting = 1000;

/**
 * Datagrams sent per batch. Sending each alone would wake its reader every time, which costs more than sending it; many more
 * would fill the reader's buffer before it reads the first.
 */
const batch = 32;

/** Milliseconds before a destination that could not be reached is tried again, at the next line. */
const retryAfter = 5000;

/**
 * One datagram per line, `\n` included. The socket is connected: the name is resolved once, not per line.
 * No listener (ECONNREFUSED), a full buffer or an unresolvable name loses lines, counted, and nothing else.
 */
export class UdpSink implements Sink {
  dropped = 0;
  trouble: string | undefined;
  readonly #host: string;
  readonly #port: number;
  #socket: Socket | undefined;
  #waiting: string[] = [];
  /** Lines of this turn of the event loop, which leave at its end. */
  #lines: string[] = [];
  #connecting: Promise<void> | undefined;
  #closed = false;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
  }

  write(line: string): void {
    if (this.#socket === undefined) return this.#wait(line);
    this.#lines.push(line);
    if (this.#lines.length === 1) setImmediate(this.#send);
    else if (this.#lines.length >= batch) this.#send();
  }

  readonly #send = (): void => {
    const socket = this.#socket;
    const lines = this.#lines;
    if (socket === undefined || lines.length === 0) return;
    this.#lines = [];
    for (const line of lines) {
      if (socket.getSendQueueCount() >= mostWaiting) this.dropped += 1;
      // With a callback: without one, Node does not report a lost datagram.
      else socket.send(Buffer.from(`${line}\n`), this.#sent);
    }
  };

  async flush(): Promise<void> {
    await this.#connecting;
    this.#send();
    // A socket buffer that stays full this long has no reader.
    for (let turn = 0; turn < 1000 && (this.#socket?.getSendQueueCount() ?? 0) > 0; turn += 1) await nextTurn();
    await nextTurn(); // Callbacks that count losses.
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#send();
    this.#socket?.close();
    this.#socket = undefined;
    this.#lose();
  }

  readonly #sent = (error: Error | null): void => {
    if (error !== null) this.#lost(error);
  };

  #lost(error: Error): void {
    this.dropped += 1;
    this.trouble = systemText(error);
  }

  #wait(line: string): void {
    const resting = this.#connecting === undefined && performance.now() - this.#failedAt < retryAfter;
    if (this.#closed || resting || this.#waiting.length >= mostWaiting) {
      this.dropped += 1;
      return;
    }
    this.#waiting.push(line);
    this.#connecting ??= this.#connect();
  }

  async #connect(): Promise<void> {
    try {
      const { address, family } = await lookup(this.#host);
      const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
      socket.unref();
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        socket.connect(this.#port, address, () => {
          socket.off('error', reject);
          resolve();
        });
      });
      // An ICMP refusal may surface here instead of in a callback.
      socket.on('error', (error) => this.#lost(error));
      if (this.#closed) {
        socket.close();
        return;
      }
      this.#socket = socket;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const line of waiting) this.write(line);
    } catch (error) {
      this.trouble = systemText(error);
      this.#failedAt = performance.now();
      this.#lose();
    } finally {
      this.#connecting = undefined;
    }
  }

  #lose(): void {
    this.dropped += this.#waiting.length;
    this.#waiting = [];
  }
}
