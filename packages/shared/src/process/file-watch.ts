import { stat } from 'node:fs/promises';
import { stateOf } from './reads.ts';

/** Milliseconds between two looks at the files. */
const INTERVAL = 2000;

/** Files that are looked at in one turn of the event loop: with ten thousand certificates there are thirty thousand. */
const AT_ONCE = 32;

/**
 * Notices that files were replaced or rewritten. It compares what `stat` reports, following symbolic links, instead of waiting for
 * inotify events: those are missed on network file systems, and when a link changes several folders away, as certbot's
 * (live/ to archive/) and Kubernetes' (..data) do.
 */
export class FileWatch {
  readonly #changed: (paths: readonly string[]) => void;
  readonly #interval: number;
  #files = new Map<string, string>();
  /** Paths that differed at the last look. */
  #unsettled = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  /** Counts the calls of `follow` and `end`: a look that was under way before one of them reports nothing. */
  #turn = 0;

  /** `changed` is called when files have changed and then stayed the same for one interval: a certificate and its key are two files. */
  constructor(changed: (paths: readonly string[]) => void, interval = INTERVAL) {
    this.#changed = changed;
    this.#interval = interval;
  }

  /** Watches these files from now on, against these states. */
  follow(files: ReadonlyMap<string, string>): void {
    this.end();
    this.#files = new Map(files);
    this.#unsettled.clear();
    if (files.size > 0) this.#later();
  }

  end(): void {
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #later(): void {
    this.#timer = setTimeout(() => void this.#look(this.#turn), this.#interval);
    this.#timer.unref();
  }

  async #look(turn: number): Promise<void> {
    const differing = new Map<string, string>();
    const paths = [...this.#files.keys()];
    for (let first = 0; first < paths.length; first += AT_ONCE) {
      const some = paths.slice(first, first + AT_ONCE);
      const states = await Promise.all(some.map(async (path) => [path, await stateNow(path)] as const));
      if (turn !== this.#turn) return;
      for (const [path, state] of states) if (this.#files.get(path) !== state) differing.set(path, state);
    }
    const settled = differing.size > 0 && same(differing, this.#unsettled);
    this.#unsettled = differing;
    this.#later();
    if (!settled) return;
    for (const [path, state] of differing) this.#files.set(path, state);
    this.#unsettled = new Map();
    this.#changed([...differing.keys()]);
  }
}

async function stateNow(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  return found === undefined ? 'none' : stateOf(found);
}

function same(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([path, state]) => other.get(path) === state);
}
