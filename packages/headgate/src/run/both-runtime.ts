import type { Reloadable, StartContext } from '@headgate/shared/process/product';
import { StartFailure } from '@headgate/shared/process/start-failure';
import type { Both, Source } from '../model/both.ts';
import type { Assignment, HalfName, LogSettings } from '../model/messages.ts';
import { giveFolder, makeFolder, removeFolder } from './folder.ts';
import { Half } from './half.ts';

/** How long the router goes on accepting after the terminator stopped: handshakes that are under way end there (milliseconds). */
const HANDSHAKES = 500;

/** The two halves as processes: started, reloaded and stopped together, and started again one by one. */
export class BothRuntime implements Reloadable<Both> {
  readonly #context: Pick<StartContext, 'logger' | 'reload'>;
  readonly #log: LogSettings;
  readonly #sockets: string;
  readonly #halves = new Map<HalfName, Half>();
  readonly #cleanUp: () => void;
  /** Log files were rotated. */
  readonly #reopen = (): void => {
    for (const half of this.#halves.values()) half.signal('SIGUSR2');
  };
  #source: Source | undefined;

  constructor(context: Pick<StartContext, 'logger' | 'reload'>, log: LogSettings) {
    this.#context = context;
    this.#log = log;
    this.#sockets = makeFolder();
    this.#cleanUp = () => removeFolder(this.#sockets);
    process.once('exit', this.#cleanUp);
    process.on('SIGUSR2', this.#reopen);
  }

  /** Where clients connect: not the private sockets. */
  get addresses(): readonly string[] {
    const all = [...this.#halves.values()].flatMap(({ addresses }) => addresses);
    return all.filter((address) => !address.startsWith(this.#sockets));
  }

  /**
   * Puts a configuration into effect in both halves, or rejects and leaves both as they were: what one half cannot apply is taken back
   * in the other.
   */
  async apply({ router, terminator, source }: Both): Promise<void> {
    giveFolder(this.#sockets, router.process.identity);
    const wanted: readonly HalfName[] = terminator === undefined ? ['router'] : ['router', 'terminator'];
    const assignment = this.#assignment(source);
    const done: HalfName[] = [];
    try {
      // Side by side where both have to start; the router first where it has to know the sockets that the terminator will use.
      if (this.#halves.size === 0) await this.#start(wanted, assignment);
      else
        for (const name of wanted) {
          done.push(name);
          await this.#move(name, assignment);
        }
    } catch (error) {
      await this.#takeBack(done.slice(0, -1));
      throw error;
    }
    this.#source = source;
    for (const name of this.#halves.keys()) if (!wanted.includes(name)) this.#dismiss(name);
  }

  async drain(within?: number): Promise<void> {
    const soft = within === undefined;
    const terminator = this.#halves.get('terminator');
    const ends = [terminator?.stop(soft)];
    if (terminator !== undefined) {
      const pause = Promise.withResolvers<void>();
      const timer = setTimeout(pause.resolve, HANDSHAKES);
      await Promise.race([pause.promise, ...ends]);
      clearTimeout(timer);
    }
    await Promise.all([...ends, this.#halves.get('router')?.stop(soft)]);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#halves.values()].map((half) => half.close()));
    process.off('exit', this.#cleanUp);
    process.off('SIGUSR2', this.#reopen);
    this.#cleanUp();
  }

  #assignment({ files, texts }: Source): Assignment {
    return { files, texts: [...texts], sockets: this.#sockets, log: this.#log };
  }

  async #start(names: readonly HalfName[], assignment: Assignment): Promise<void> {
    const started = names.map((name) => {
      const half = new Half(name, assignment, this.#context);
      this.#halves.set(name, half);
      return half.start();
    });
    const results = await Promise.allSettled(started);
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    if (failures.length === 0) return;
    // A half that never served has ended for good: kept, it would refuse every configuration after this one.
    for (const [index, name] of names.entries()) if (results[index]?.status === 'rejected') this.#halves.delete(name);
    throw failures[0];
  }

  async #move(name: HalfName, assignment: Assignment): Promise<void> {
    const half = this.#halves.get(name);
    if (half === undefined) return this.#start([name], assignment);
    const result = await half.reload(assignment);
    if (!result.applied) throw new StartFailure(result.reasons.join('\n'));
  }

  async #takeBack(names: readonly HalfName[]): Promise<void> {
    if (this.#source === undefined) return;
    const assignment = this.#assignment(this.#source);
    for (const name of names) {
      const result = await this.#halves.get(name)?.reload(assignment);
      if (result?.applied === false)
        this.#context.logger.log(
          'err',
          `headgate-${name} could not go back to the configuration before: ${result.reasons.join('; ')}`,
        );
    }
  }

  /** No bind has TLS any more. */
  #dismiss(name: HalfName): void {
    const half = this.#halves.get(name);
    this.#halves.delete(name);
    void half?.stop(true);
  }
}
