import type { Endpoint } from '../endpoint.ts';
import type { ReadMemory } from './read-memory.ts';

/** What an accepted or dialled connection is like. */
export interface HandleOptions {
  readonly memory: ReadMemory;
  readonly connecting: boolean;
  /** A failed write waits until all that the other end sent has been read (dial.ts). */
  readonly readFirst: boolean;
  /** Small writes are not to be delayed, and are so far: a listening socket passes TCP_NODELAY on. */
  readonly undelay: boolean;
  /** Where it was accepted, if that is known without asking the system. */
  readonly local?: Endpoint | undefined;
}
