import type { Severity } from './logger.ts';

/** Where finished log lines go. Never throws, never blocks, and holds a bounded amount of memory. */
export interface Sink {
  /** Accepts one line, without its line ending; drops and counts it when there is no room. */
  write(line: string, severity: Severity): void;
  /** Lines lost: no room, or no receiver. */
  readonly dropped: number;
  /** Why lines were lost last, in the system's words, where it said so: `no space left on device`. */
  readonly trouble?: string | undefined;
  /** Resolves when everything accepted so far has left the process or is lost. */
  flush(): Promise<void>;
  /** Closes the file or socket. Lines written afterwards are dropped. */
  close(): void;
}
