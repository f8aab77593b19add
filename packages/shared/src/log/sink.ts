import type { Severity } from './logger.ts';

/** Where finished log lines go. Never throws, never blocks, and holds a bounded amount of memory. */
export interface Sink {
  /** Takes one line, without its line end; drops and counts it when there is no room. */
  write(line: string, severity: Severity): void;
  /** Lines that were lost: no room, or nobody to take them. */
  readonly dropped: number;
  /** Resolves when everything taken so far has left the process or is lost. */
  flush(): Promise<void>;
  /** Gives up the file or socket. Lines written afterwards are dropped. */
  close(): void;
}
