import type { Severity } from './logger.ts';
import { severityNumbers } from './severity.ts';
import type { Sink } from './sink.ts';
import { syslogHeader } from './syslog-header.ts';
import type { Header, HeaderOptions } from './syslog-header.ts';

export interface SyslogOptions extends HeaderOptions {
  /** Less severe lines are omitted (HAProxy's `log ... LEVEL`). */
  readonly maxSeverity: Severity;
  /** More severe lines are sent with this severity (HAProxy's `log ... LEVEL MINLEVEL`). */
  readonly minSeverity: Severity;
  /** Characters of a line, header included, line ending excluded; longer lines are cut. */
  readonly maxLength: number;
  /** Wall-clock milliseconds; Date.now when not given. */
  readonly now?: () => number;
}

/** Prefixes each line with a syslog header and passes it to another sink: a UDP or unix socket, or standard output. */
export class SyslogSink implements Sink {
  readonly #sink: Sink;
  readonly #header: Header;
  readonly #least: number;
  readonly #most: number;
  readonly #maxLength: number;
  readonly #now: () => number;

  constructor(sink: Sink, options: SyslogOptions) {
    this.#sink = sink;
    this.#header = syslogHeader(options);
    this.#least = severityNumbers[options.maxSeverity];
    this.#most = severityNumbers[options.minSeverity];
    this.#maxLength = options.maxLength;
    this.#now = options.now ?? Date.now;
  }

  get dropped(): number {
    return this.#sink.dropped;
  }

  /** True when lines of this severity are wanted: lets the caller skip building one. */
  accepts(severity: Severity): boolean {
    return severityNumbers[severity] <= this.#least;
  }

  write(line: string, severity: Severity): void {
    const number = severityNumbers[severity];
    if (number > this.#least) return;
    const text = this.#header(Math.max(number, this.#most), this.#now()) + line;
    this.#sink.write(text.length > this.#maxLength ? text.slice(0, this.#maxLength) : text, severity);
  }

  flush(): Promise<void> {
    return this.#sink.flush();
  }

  close(): void {
    this.#sink.close();
  }
}
