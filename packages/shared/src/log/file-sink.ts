import { closeSync, constants, fstatSync, openSync, stat, write } from 'node:fs';
import type { Sink } from './sink.ts';
import { systemText } from './system-text.ts';

/** Characters that may wait for a slow disk before lines are dropped. */
const DEFAULT_LIMIT = 1024 * 1024;

/** Milliseconds between checks that the path still names the open file, and between attempts to open it. */
const LOOK_EVERY = 1000;

/** The sinks that SIGUSR2 reopens. A signal concerns the process, hence a module-level list. */
const opened = new Set<FileSink>();

/** Reopens every log file at its next line: for SIGUSR2, after a rotation. */
export function reopenLogFiles(): void {
  for (const sink of opened) sink.reopen();
}

/**
 * Appends lines to a regular file, outside the event loop and one chunk at a time, so that a slow disk delays no traffic;
 * lines beyond `limit`, or on a full disk, are dropped and counted, and writing resumes as soon as there is room.
 * A file that was renamed or removed, as logrotate does, is reopened within a second of the next line.
 */
export class FileSink implements Sink {
  dropped = 0;
  trouble: string | undefined;
  readonly #path: string;
  readonly #limit: number;
  readonly #now: () => number;
  #file: number | undefined;
  #identity = '';
  #lookedAt: number;
  #batch = '';
  #batchLines = 0;
  #writing = 0;
  #busy = false;
  /** A full disk cut the last chunk short: the next one begins on a new line. */
  #cut = false;
  #closed = false;
  #idle: (() => void)[] = [];

  /** Opens the file at once, before privileges are dropped; `now` is in milliseconds. */
  constructor(path: string, limit: number = DEFAULT_LIMIT, now: () => number = () => performance.now()) {
    this.#path = path;
    this.#limit = limit;
    this.#now = now;
    this.#lookedAt = now();
    this.#open();
    opened.add(this);
  }

  write(line: string): void {
    if (this.#closed || this.#writing + this.#batch.length + line.length >= this.#limit) {
      this.dropped += 1;
      return;
    }
    if (this.#batch === '' && !this.#busy) setImmediate(() => this.#next());
    this.#batch += `${line}\n`;
    this.#batchLines += 1;
  }

  /** The next line is written to whatever file has the name by then. */
  reopen(): void {
    this.#lookedAt = Number.NEGATIVE_INFINITY;
  }

  flush(): Promise<void> {
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.#next();
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    opened.delete(this);
    void this.flush().then(() => this.#release());
  }

  #next(): void {
    if (this.#busy) return;
    if (this.#batch === '') {
      for (const resolve of this.#idle.splice(0)) resolve();
      return;
    }
    this.#busy = true;
    if (this.#now() - this.#lookedAt < LOOK_EVERY) return this.#send();
    this.#lookedAt = this.#now();
    stat(this.#path, (error, found) => {
      if (error !== null || `${found.dev}:${found.ino}` !== this.#identity) this.#open();
      this.#send();
    });
  }

  #send(): void {
    const file = this.#file;
    const bytes = Buffer.from(this.#cut ? `\n${this.#batch}` : this.#batch);
    const lines = this.#batchLines;
    this.#writing = this.#batch.length;
    this.#batch = '';
    this.#batchLines = 0;
    if (file === undefined) return this.#sent(lines);
    this.#piece(file, bytes, lines);
  }

  #piece(file: number, bytes: Buffer, lines: number): void {
    write(file, bytes, (error, count) => {
      if (error === null && count < bytes.length) return this.#piece(file, bytes.subarray(count), lines);
      if (error === null) this.#cut = false;
      // Part of it may have been written: its lines count as lost, once each.
      else {
        this.#cut = true;
        this.trouble = systemText(error);
      }
      this.#sent(error === null ? 0 : lines);
    });
  }

  #sent(lost: number): void {
    this.dropped += lost;
    this.#writing = 0;
    this.#busy = false;
    this.#next();
  }

  #open(): void {
    this.#release();
    try {
      // Never blocks, even if a pipe now has the name.
      const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;
      this.#file = openSync(this.#path, flags, 0o640);
      const { dev, ino } = fstatSync(this.#file);
      this.#identity = `${dev}:${ino}`;
      this.#cut = false;
    } catch (error) {
      this.trouble = systemText(error);
      this.#identity = ''; // Retried with the next lines; these count as lost.
    }
  }

  #release(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}
