import type { Reloadable, StartContext } from '@headgate/shared/process/product';
import { StartFailure } from '@headgate/shared/process/start-failure';
import type { Both, Source } from '../model/both.ts';
import type { Assignment, HalfName, LogSettings } from '../model/messages.ts';
import type { Identity } from '@headgate/shared/process/identity';
import { giveFolder, makeFolder, removeFolder } from './folder.ts';
import { Half } from './half.ts';

/**
 * How long the router goes on accepting after the terminator stopped, at most: handshakes that are under way end there (milliseconds). At an
 * upgrade no visitor is cut off, and the addresses are served all the while.
 */
const [STOP_HANDSHAKES, UPGRADE_HANDSHAKES] = [500, 30_000];

/** The two halves as processes: started, reloaded and stopped together, and started again one by one. */
export class BothRuntime implements Reloadable<Both> {
  readonly #context: Pick<StartContext, 'logger' | 'reload'>;
  readonly #log: LogSettings;
  #sockets: string;
  #halves = new Map<HalfName, Half>();
  /** Those of earlier versions that still finish what is open, and their folders. */
  readonly #old = new Map<Half, string>();
  #upgrading: Promise<void> = Promise.resolve();
  #identity: Identity | undefined;
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
    this.#cleanUp = () => {
      for (const folder of [this.#sockets, ...this.#old.values()]) removeFolder(folder);
    };
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
    await this.#upgrading;
    this.#identity = router.process.identity;
    giveFolder(this.#sockets, this.#identity);
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

  /**
   * New processes take over the addresses, each from the half before it, with private sockets of their own; then the old ones finish
   * what is open.
   */
  async upgrade(): Promise<void> {
    const before = this.#upgrading;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#upgrading = promise;
    await before;
    try {
      await this.#upgrade();
    } finally {
      resolve();
    }
  }

  async #upgrade(): Promise<void> {
    if (this.#source === undefined) throw new StartFailure('headgate does not serve yet', { temporary: true });
    const sockets = makeFolder();
    giveFolder(sockets, this.#identity);
    const assignment = { ...this.#assignment(this.#source), sockets };
    const next = new Map<HalfName, Half>();
    try {
      // The router first: the terminator connects to its sockets.
      for (const name of ['router', 'terminator'] as const) {
        const old = this.#halves.get(name);
        if (old === undefined) continue;
        const half = new Half(name, assignment, this.#context);
        next.set(name, half);
        await half.start(old);
      }
    } catch (error) {
      await Promise.all([...next.values()].map((half) => half.close()));
      removeFolder(sockets);
      throw error;
    }
    const [halves, folder] = [this.#halves, this.#sockets];
    this.#halves = next;
    this.#sockets = sockets;
    for (const half of halves.values()) this.#old.set(half, folder);
    for (const half of next.values()) half.settle();
    this.#context.logger.log('notice', `handed over to ${[...next.values()].map(({ text }) => text).join(' and ')}`);
    void inOrder(halves, UPGRADE_HANDSHAKES, (half) => half.retire()).then(() => {
      for (const half of halves.values()) this.#old.delete(half);
      removeFolder(folder);
    });
  }

  async drain(within?: number): Promise<void> {
    const soft = within === undefined;
    await Promise.all([
      inOrder(this.#halves, STOP_HANDSHAKES, (half) => half.stop(soft)),
      ...[...this.#old.keys()].map((half) => half.stop(soft)),
    ]);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#halves.values(), ...this.#old.keys()].map((half) => half.close()));
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

/** Handshakes that are under way in the terminator still reach the router, if they take no longer than `most` milliseconds. */
async function inOrder(
  halves: ReadonlyMap<HalfName, Half>,
  most: number,
  end: (half: Half) => Promise<void>,
): Promise<void> {
  const [terminator, router] = [halves.get('terminator'), halves.get('router')];
  const ends: Promise<void>[] = [];
  if (terminator !== undefined) {
    ends.push(end(terminator));
    const pause = Promise.withResolvers<void>();
    const timer = setTimeout(pause.resolve, most);
    await Promise.race([pause.promise, terminator.begun, ...ends]);
    clearTimeout(timer);
  }
  if (router !== undefined) ends.push(end(router));
  await Promise.all(ends);
}
