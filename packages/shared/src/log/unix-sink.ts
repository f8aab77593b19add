import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { StreamSink } from './stream-sink.ts';
import type { Sink } from './sink.ts';

/** Milliseconds before a socket that could not be reached, or closed, is tried again, at the next line. */
const retryAfter = 5000;

/**
 * Lines for a unix stream socket. Node.js has no unix datagram sockets, which is what `/dev/log` usually is:
 * `explainUnixSocket` names the alternative. Lines are lost, counted, while nothing listens.
 */
export class UnixSink implements Sink {
  readonly #path: string;
  #socket: Socket | undefined;
  #lines: StreamSink | undefined;
  #droppedBefore = 0;
  #triedAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(path: string) {
    this.#path = path;
  }

  get dropped(): number {
    return this.#droppedBefore + (this.#lines?.dropped ?? 0);
  }

  write(line: string): void {
    if (this.#closed) {
      this.#droppedBefore += 1;
      return;
    }
    const resting = performance.now() - this.#triedAt < retryAfter;
    if (this.#lines === undefined || (this.#socket?.destroyed === true && !resting)) this.#lines = this.#connect();
    this.#lines.write(line);
  }

  async flush(): Promise<void> {
    await this.#lines?.flush();
  }

  close(): void {
    this.#closed = true;
    this.#lines?.close();
  }

  #connect(): StreamSink {
    this.#triedAt = performance.now();
    this.#droppedBefore = this.dropped;
    const socket = connect({ path: this.#path });
    socket.unref();
    socket.resume(); // A log socket sends nothing; unread bytes would hide its end.
    this.#socket = socket;
    return new StreamSink(socket);
  }
}

/** Why lines for this socket would be lost, and what to write instead; undefined when they can be delivered. */
export function explainUnixSocket(path: string): string | undefined {
  if (path !== '/dev/log' && !path.startsWith('/run/systemd/journal/')) return undefined;
  return (
    `${path} is a unix datagram socket, which Node.js cannot write to, so these lines are lost: ` +
    "use UDP (log 127.0.0.1:514 local0, with rsyslog's imudp) or the standard output (log stdout format raw local0)"
  );
}
