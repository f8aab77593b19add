import { createWriteStream, fstatSync, statSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { FileSink } from './file-sink.ts';
import type { Sink } from './sink.ts';

/** Characters that may wait for a slow reader before lines are dropped. */
const defaultLimit = 1024 * 1024;

/**
 * Writes lines to a stream. The lines of one turn of the event loop leave in one system call;
 * when more than `limit` waits for a slow reader, new lines are dropped and counted.
 */
export class StreamSink implements Sink {
  dropped = 0;
  readonly #stream: Writable;
  readonly #limit: number;
  #batch = '';
  #batchLines = 0;
  #broken = false;

  constructor(stream: Writable, limit = defaultLimit) {
    this.#stream = stream;
    this.#limit = limit;
    // A reader that went away (EPIPE) or a full disk must not take the program down.
    stream.on('error', () => {
      this.#broken = true;
    });
  }

  write(line: string): void {
    if (this.#broken || this.#stream.writableLength + this.#batch.length + line.length >= this.#limit) {
      this.dropped += 1;
      return;
    }
    if (this.#batch === '') setImmediate(() => this.#send());
    this.#batch += `${line}\n`;
    this.#batchLines += 1;
  }

  flush(): Promise<void> {
    return new Promise((resolve) => {
      this.#send();
      if (this.#broken || this.#stream.destroyed) return resolve();
      this.#stream.once('error', resolve);
      this.#stream.write('', () => {
        this.#stream.off('error', resolve);
        resolve();
      });
    });
  }

  close(): void {
    this.#send();
    this.#broken = true;
    if (this.#stream !== process.stdout && this.#stream !== process.stderr) this.#stream.end();
  }

  #send(): void {
    if (this.#batch === '') return;
    const lines = this.#batchLines;
    const count = (error?: Error | null): void => {
      if (error) this.dropped += lines;
    };
    if (this.#broken || this.#stream.destroyed) this.dropped += lines;
    else this.#stream.write(this.#batch, count);
    this.#batch = '';
    this.#batchLines = 0;
  }
}

/**
 * Standard output or error. Where it is a regular file it is written like one: Node.js writes it synchronously, so that a slow disk would
 * delay traffic, and gives it up at the first error, so that a disk that was full once would lose all lines that follow.
 */
export function standardSink(stream: NodeJS.WriteStream & { readonly fd: 1 | 2 }): Sink {
  try {
    if (process.platform === 'linux' && fstatSync(stream.fd).isFile())
      return new FileSink(`/proc/self/fd/${stream.fd}`);
  } catch {
    // Closed, or no /proc: as a stream.
  }
  return new StreamSink(stream);
}

/**
 * Appends to a file, created with mode 0640. An existing pipe or terminal is written to as a
 * stream. A file that cannot be opened loses its lines, counted.
 */
export function fileSink(path: string): Sink {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.isFile()) return new FileSink(path);
  return new StreamSink(createWriteStream(path, { flags: 'a', mode: 0o640 }));
}
