import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How long after the start, in milliseconds: clients that waited for the program are served first. */
const AFTER = 1000;

/**
 * Gives back the memory that only the start needed: reading and compiling leaves a heap of twice its contents, and V8, which we start with
 * `--no-memory-reducer` (decision 23), keeps it for as long as the program has little to do. One collection, about 30 ms.
 */
export function settleSoon(): void {
  setTimeout(() => {
    const collect = collector();
    collect?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  }, AFTER).unref();
}

/** V8's own `gc`, which it shows to contexts that are made after its flag was set; undefined where there is none. */
function collector(): ((options: object) => void) | undefined {
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('globalThis.gc');
  setFlagsFromString('--no-expose-gc');
  return typeof found === 'function' ? (found as (options: object) => void) : undefined;
}
