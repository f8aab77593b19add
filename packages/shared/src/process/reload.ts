import { performance } from 'node:perf_hooks';
import { formatProblem } from '../config/problem.ts';
import type { Logger } from '../log/logger.ts';
import { FileWatch } from './file-watch.ts';
import { STANDARD_INPUT } from './files.ts';
import type { Product, Reloadable, Reloaded } from './product.ts';
import { Reads } from './reads.ts';
import { explainFailure } from './start-failure.ts';

/** A configuration in effect, and the files it was made from. */
export interface InEffect<Snapshot> {
  readonly snapshot: Snapshot;
  /** The configuration files that were asked for; those may include others. */
  readonly files: readonly string[];
  readonly reads: Reads;
}

export interface ReloadParts<Snapshot> {
  readonly product: Pick<Product<Snapshot>, 'load' | 'changes'>;
  readonly running: Pick<Reloadable<Snapshot>, 'apply'>;
  readonly logger: Pick<Logger, 'log'>;
  /** The files to read now: a folder may hold others than at the start. */
  readonly files: () => readonly string[];
  readonly first: InEffect<Snapshot>;
  /** Milliseconds between two looks at certificates and lists. */
  readonly interval?: number | undefined;
  /** Called before and after each reload, for the supervisor. */
  readonly busy: (reloading: boolean, result?: Reloaded) => void;
}

/** Changes listed in one log line. */
const MOST_CHANGES = 20;

/**
 * Puts new configurations into effect: everything is read, compiled and bound first, and only then applied, in one step. When
 * anything is wrong nothing changes. Reloads are carried out one after the other; requests that come in meanwhile share the next one.
 */
export class Reloader<Snapshot> {
  readonly #parts: ReloadParts<Snapshot>;
  readonly #watch: FileWatch;
  #current: InEffect<Snapshot>;
  /** What stands for files and parts of the configuration since an operator changed them. */
  #standing: ReadonlyMap<string, string> = new Map();
  #last: Promise<unknown> = Promise.resolve();
  #next: Promise<Reloaded> | undefined;
  #ended = false;

  constructor(parts: ReloadParts<Snapshot>) {
    this.#parts = parts;
    this.#current = parts.first;
    this.#watch = new FileWatch((paths) => void this.renew(paths), parts.interval);
    this.#watch.follow(parts.first.reads.named);
  }

  /** The configuration in effect. */
  get snapshot(): Snapshot {
    return this.#current.snapshot;
  }

  /** Reads the configuration again and applies it. `why`: `SIGHUP`, for the log. Never rejects. */
  reload(why: string): Promise<Reloaded> {
    if (this.#next !== undefined) return this.#next;
    const next = this.#after(() => {
      this.#next = undefined;
      return this.#reload(why, () => this.#parts.files());
    });
    this.#next = next;
    return next;
  }

  /** Puts a text in the place of something that the configuration names or holds. Not logged: lists may change often. */
  replace(key: string, text: string): Promise<Reloaded> {
    return this.#after(async () => {
      const { files, reads } = this.#current;
      if (this.#ended) return { applied: false, reasons: ['the program is stopping'] };
      try {
        return await this.#tryTo(files, reads.configuration, new Map([...this.#standing, [key, text]]));
      } catch (error) {
        return { applied: false, reasons: [explainFailure(error)] };
      }
    });
  }

  /** No reload begins from now on. */
  end(): void {
    this.#ended = true;
    this.#watch.end();
  }

  /** Certificates or lists have changed: the same configuration with their new contents. Never rejects. */
  renew(paths: readonly string[]): Promise<Reloaded> {
    return this.#after(() => {
      const { files, reads } = this.#current;
      // The file has changed since: what it holds now is meant.
      const standing = new Map([...this.#standing].filter(([key]) => !paths.includes(key)));
      return this.#reload(`a change of ${paths.join(', ')}`, () => files, reads.configuration, standing);
    });
  }

  #after(work: () => Promise<Reloaded>): Promise<Reloaded> {
    const done = this.#last.then(work);
    this.#last = done;
    return done;
  }

  async #reload(
    why: string,
    files: () => readonly string[],
    kept?: ReadonlyMap<string, string>,
    standing: ReadonlyMap<string, string> = new Map(),
  ): Promise<Reloaded> {
    const { logger, busy } = this.#parts;
    if (this.#ended) return this.#refused(why, ['the program is stopping']);
    busy(true);
    const started = performance.now();
    let result: Reloaded;
    try {
      result = await this.#tryTo(files(), kept, standing);
    } catch (error) {
      // A defect of ours must not end a program that serves.
      result = { applied: false, reasons: [explainFailure(error)] };
    }
    busy(false, result);
    if (!result.applied) return this.#refused(why, result.reasons);
    for (const problem of result.problems) logger.log('warning', formatProblem(problem));
    const took = `${Math.ceil(performance.now() - started)} ms`;
    logger.log('notice', `reloaded on ${why} in ${took}: ${listed(result.changes)}`);
    return result;
  }

  async #tryTo(
    files: readonly string[],
    kept: ReadonlyMap<string, string> | undefined,
    standing: ReadonlyMap<string, string>,
  ): Promise<Reloaded> {
    const { product, running } = this.#parts;
    if (files.length === 0) return { applied: false, reasons: ['no configuration file is left'] };
    if (kept === undefined && files.includes(STANDARD_INPUT))
      return { applied: false, reasons: ['a configuration from standard input (-f -) cannot be read again'] };
    const reads = new Reads(kept, standing);
    const { snapshot, problems } = await product.load(files, reads);
    if (snapshot === undefined) return { applied: false, reasons: problems.map(formatProblem) };
    try {
      await running.apply(snapshot, kept !== undefined);
    } catch (error) {
      return { applied: false, reasons: explainFailure(error).split('\n') };
    }
    const before = this.#current.snapshot;
    this.#current = { snapshot, files, reads };
    this.#standing = standing;
    this.#watch.follow(reads.named);
    return { applied: true, changes: product.changes(before, snapshot), problems };
  }

  #refused(why: string, reasons: readonly string[]): Reloaded {
    const { logger } = this.#parts;
    for (const reason of reasons) logger.log('err', reason);
    logger.log('err', `not reloaded on ${why}: the configuration before it serves on`);
    return { applied: false, reasons };
  }
}

function listed(changes: readonly string[]): string {
  if (changes.length === 0) return 'the same addresses, sections and servers';
  const more = changes.length > MOST_CHANGES ? `; ${changes.length - MOST_CHANGES} more` : '';
  return changes.slice(0, MOST_CHANGES).join('; ') + more;
}
