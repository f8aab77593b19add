import type { Logger } from '@headgate/shared/log/logger';
import { Backoff, type Pauses } from '@headgate/shared/process/backoff';
import type { Reloaded } from '@headgate/shared/process/product';
import type { Assignment, HalfName } from '../model/messages.ts';
import { HalfProcess } from './half-process.ts';

/** A crash costs an instant, and a half that cannot start costs no processor time. */
export const HALF_PAUSES: Pauses = { first: 100, second: 200, longest: 10_000 };

/** One half, which is started again when its process dies. */
export class Half {
  readonly #name: HalfName;
  readonly #logger: Logger;
  readonly #backoff = new Backoff(HALF_PAUSES);
  readonly #reload: (why: string) => Promise<Reloaded>;
  #assignment: Assignment;
  #process: HalfProcess | undefined;
  #restart: NodeJS.Timeout | undefined;
  #stopping = false;
  #addresses: readonly string[] = [];

  constructor(
    name: HalfName,
    assignment: Assignment,
    { logger, reload }: { readonly logger: Logger; readonly reload: (why: string) => Promise<Reloaded> },
  ) {
    this.#reload = reload;
    this.#name = name;
    this.#assignment = assignment;
    this.#logger = logger;
  }

  /** Where it listens, or did before it died. */
  get addresses(): readonly string[] {
    return this.#addresses;
  }

  /** Resolves when a terminator that stops has no handshakes any more. */
  get begun(): Promise<void> {
    return this.#process?.begun ?? Promise.resolve();
  }

  /** For the log: its name and its process. */
  get text(): string {
    return `headgate-${this.#name}, process ${this.#process?.pid}`;
  }

  /**
   * Starts it; rejects when it does not come to serve. From then on it is started again whenever it ends. `before`: whose listening sockets
   * it takes over.
   */
  async start(before?: Half): Promise<void> {
    const started = (this.#process = new HalfProcess(
      this.#name,
      this.#assignment,
      this.#reload,
      before === undefined ? undefined : before.#process,
    ));
    this.#addresses = await started.serving;
    this.#watch(started, performance.now());
  }

  /** Another configuration, in effect at once; a half that is down gets it with its next start. */
  async reload(assignment: Assignment): Promise<Reloaded> {
    const running = this.#restart === undefined ? this.#process : undefined;
    const result: Reloaded = (await running?.reload(assignment)) ?? { applied: true, changes: [], problems: [] };
    if (result.applied) this.#assignment = assignment;
    return result;
  }

  /** Passes a signal on; a half that is down has nothing to do about it. */
  signal(name: NodeJS.Signals): void {
    if (this.#restart === undefined && !this.#stopping) this.#process?.signal(name);
  }

  /** Finishes what is open. `soft`: however long that takes. */
  async stop(soft: boolean): Promise<void> {
    this.#leave();
    await this.#process?.stop(soft);
  }

  /** What it has been handed is its own from now on. */
  settle(): void {
    this.#process?.settle();
  }

  /** Finishes what is open, for another process has its addresses. */
  async retire(): Promise<void> {
    this.#leave();
    await this.#process?.retire();
  }

  /** Ends at once. */
  async close(): Promise<void> {
    this.#leave();
    await this.#process?.close();
  }

  #leave(): void {
    this.#stopping = true;
    clearTimeout(this.#restart);
  }

  #watch(running: HalfProcess, since: number): void {
    void running.ended.then((how) => {
      if (this.#stopping) return;
      const now = performance.now();
      const pause = this.#backoff.pauseAfter(now - since);
      this.#logger.log('err', `headgate-${this.#name} ended (${how}): starting it again in ${pause} ms`);
      this.#restart = setTimeout(() => {
        this.#restart = undefined;
        this.#again();
      }, pause);
    });
  }

  #again(): void {
    const since = performance.now();
    const started = (this.#process = new HalfProcess(this.#name, this.#assignment, this.#reload));
    started.serving.then(
      (addresses) => {
        this.#addresses = addresses;
        this.#logger.log('notice', `headgate-${this.#name} serves again, process ${started.pid}`);
      },
      () => {},
    );
    this.#watch(started, since);
  }
}
