import { closeSync, constants, fstatSync, openSync, stat, write } from 'node:fs';
import type { Sink } from './sink.ts';

/** Characters that may wait for a slow disk before lines are dropped. */
const DEFAULT_LIMIT = 1024 * 1024;

/** Milliseconds between two looks whether the path still names the file that is open, and between two tries to open it. */
const LOOK_EVERY = 1000;

/** Those that SIGUSR2 concerns. A signal is the whole process's, and so is this list. */
const opened = new Set<FileSink>();

/** Opens every log file again, at its next line: for SIGUSR2, after a rotation. */
export function reopenLogFiles(): void {
  for (const sink of opened) sink.reopen();
}

/**
 * Lines for a regular file, appended. Written outside the event loop, one piece at a time, so that a slow disk delays nobody;
 * what does not fit into `limit`, or on a full disk, is dropped and counted, and writing goes on as soon as there is room.
 * A file that was renamed or removed, as logrotate does it, is opened anew within a second of the next line.
 */
export class FileSink implements Sink {
  dropped = 0;
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
  /** A piece was cut off by a full disk: the next one begins on a line of its own. */
  #cut = false;
  #closed = false;
  #idle: (() => void)[] = [];

  /** Opens the file at once, so that a program that gives up its privileges has it; `now` counts milliseconds. */
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

  /** The next line goes into the file that then has the name. */
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
      // Part of it may be there: the lines are counted as lost, once each.
      else this.#cut = true;
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
      // Never blocks, should a pipe have taken the name.
      const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;
      this.#file = openSync(this.#path, flags, 0o640);
      const { dev, ino } = fstatSync(this.#file);
      this.#identity = `${dev}:${ino}`;
      this.#cut = false;
    } catch {
      this.#identity = ''; // Tried again with the next lines; those of now are counted as lost.
    }
  }

  #release(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}
