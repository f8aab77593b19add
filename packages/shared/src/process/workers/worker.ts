import { Destinations } from '../../log/destinations.ts';
import { reopenLogFiles } from '../../log/file-sink.ts';
import type { Fields, Logger, Severity } from '../../log/logger.ts';
import { openProcessLog } from '../../log/process-log.ts';
import { dropInherited, inherit, releaseAdopted, takeRole, type Inherited } from '../../net/node/inherited.ts';
import { guardAgainstCrashes } from '../crash.ts';
import { formatProblem } from '../../config/problem.ts';
import { releaseEarlySignals } from '../early-signals.ts';
import { exit, soon } from '../exit.ts';
import type { Crew, CrewListener, Product, Reloadable, Reloaded } from '../product.ts';
import { Reads } from '../reads.ts';
import { withKnownFiles } from '../regular-file.ts';
import { explainFailure } from '../start-failure.ts';
import { releaseStartMemory } from '../start-memory.ts';
import { toPrimary, type WorkerPlace } from './channel.ts';
import type { Source, ToWorker } from './messages.ts';

/** Signals mean the primary: a terminal and some supervisors send them to every process. */
const FOR_THE_PRIMARY = ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGPWR'] as const;
/** Milliseconds that open work may take when the primary has ended and `hard-stop-after` is not set. */
const ORPHANED = 30_000;

export interface WorkerOptions {
  readonly level: Severity;
  readonly form: 'text' | 'json';
}

/** Serves as one of several workers, as its primary says. Ends the process itself: this never resolves. */
export function runWorker<Snapshot>(
  product: Product<Snapshot>,
  place: WorkerPlace,
  options: WorkerOptions,
): Promise<never> {
  // The handler of an early SIGUSR1 would end it.
  releaseEarlySignals();
  for (const signal of FOR_THE_PRIMARY) process.on(signal, () => {});
  takeRole({ kind: 'worker' });
  new Worker(product, place, options).begin();
  return new Promise(() => {});
}

class Worker<Snapshot> {
  readonly #product: Product<Snapshot>;
  readonly #place: WorkerPlace;
  readonly #options: WorkerOptions;
  readonly #destinations = new Destinations();
  #logger: Logger;
  #loaded: { readonly id: number; readonly snapshot: Snapshot } | undefined;
  #current: Snapshot | undefined;
  #running: Reloadable<Snapshot> | undefined;
  #listener: CrewListener | undefined;
  readonly #crew: Crew;
  /** Messages are carried out one after the other. */
  #turn: Promise<void> = Promise.resolve();
  #send: ReturnType<typeof toPrimary> = () => true;
  #ending = false;

  constructor(product: Product<Snapshot>, place: WorkerPlace, options: WorkerOptions) {
    this.#product = product;
    this.#place = place;
    this.#options = options;
    this.#logger = this.#openLog([]);
    this.#crew = {
      number: place.number,
      workers: place.workers,
      say: (message) => this.#send({ kind: 'said', message }),
      hear: (listener) => {
        this.#listener = listener;
      },
    };
  }

  begin(): void {
    guardAgainstCrashes({
      log: (severity, message, fields) => this.#logger.log(severity, message, fields),
      flush: () => this.#logger.flush(),
    });
    this.#send = toPrimary(
      (message, socket) => this.#heard(message, socket),
      () => void this.#orphaned(),
    );
    this.#send({ kind: 'ready' });
  }

  #heard(message: ToWorker, socket: Inherited | undefined): void {
    switch (message.kind) {
      case 'socket':
        if (socket !== undefined) inherit(message.key, { index: message.index, handle: socket });
        return;
      case 'release':
        return releaseAdopted(message.key, message.index);
      case 'said':
        // In order with what is applied: it may be about a server that is new.
        this.#turn = this.#turn.then(() => this.#listener?.heard(message.message, 0));
        return;
      case 'reopen':
        return reopenLogFiles();
      case 'forget':
        if (this.#loaded?.id === message.id) this.#loaded = undefined;
        return;
      case 'load':
        return this.#answer(message.id, () => this.#load(message.id, message.source));
      case 'apply':
        return this.#answer(message.id, () => this.#apply(message.handed, message.renewed));
      case 'drain':
        return void this.#drain(message.within, message.handedOver);
      case 'close':
        return void this.#end();
    }
  }

  #answer(id: number, work: () => Promise<readonly string[] | undefined>): void {
    this.#turn = this.#turn.then(async () => {
      const reasons = await work().catch((error: unknown) => explainFailure(error).split('\n'));
      this.#send(reasons === undefined ? { kind: 'done', id } : { kind: 'done', id, reasons });
    });
  }

  async #load(id: number, { files, configuration, standing, named }: Source): Promise<readonly string[] | undefined> {
    const { snapshot, problems } = await withKnownFiles(named, () =>
      this.#product.load(files, new Reads(configuration, standing)),
    );
    if (snapshot === undefined) return problems.map(formatProblem);
    this.#loaded = { id, snapshot };
    return undefined;
  }

  async #apply(handed: unknown, renewed: boolean): Promise<undefined> {
    const { snapshot } = this.#loaded ?? {};
    if (snapshot === undefined) throw new Error('no configuration was loaded');
    this.#loaded = undefined;
    if (this.#running === undefined) {
      const { log = [] } = this.#product.settings(snapshot);
      if (this.#place.inBackground) this.#logger = this.#openLog(log);
      const cannot = 'a worker cannot: its primary does it';
      const refuse = (): Promise<Reloaded> => Promise.resolve({ applied: false, reasons: [cannot] });
      this.#running = await this.#product.start(snapshot, {
        logger: this.#workLogger(),
        reload: refuse,
        replace: refuse,
        renew: refuse,
        upgrade: () => Promise.resolve(cannot),
        processes: () => [],
        crew: this.#crew,
        handed,
      });
      releaseStartMemory();
    } else {
      this.#running.takeOver?.(handed);
      await this.#running.apply(snapshot, renewed);
    }
    dropInherited();
    this.#current = snapshot;
    return undefined;
  }

  async #drain(within: number | undefined, handedOver = false): Promise<void> {
    await this.#turn;
    await this.#running?.drain(within, handedOver);
    await this.#end();
  }

  async #end(): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    await soon(this.#running?.close() ?? Promise.resolve());
    await soon(new Promise<void>((resolve) => this.#send({ kind: 'drained' }, resolve)));
    await exit(0, () => this.#logger.flush());
  }

  /** The primary has ended unexpectedly: without it nothing is shared, and no signal reaches this process. */
  async #orphaned(): Promise<void> {
    if (this.#ending) return;
    this.#logger.log('err', 'the primary process has ended: finishing open requests, then ending too');
    const { hardStopAfter } =
      this.#current === undefined ? { hardStopAfter: 0 } : this.#product.settings(this.#current);
    const deadline = hardStopAfter > 0 ? hardStopAfter : ORPHANED;
    setTimeout(() => void this.#end(), deadline).unref();
    await this.#drain(deadline);
  }

  #workLogger(): Logger {
    const { number } = this.#place;
    return {
      log: (severity: Severity, message: string, fields: Fields = {}) =>
        this.#logger.log(severity, message, { ...fields, worker: number }),
      flush: () => this.#logger.flush(),
    };
  }

  #openLog(targets: Parameters<typeof openProcessLog>[0]['targets']): Logger {
    const { level, form } = this.#options;
    const { inBackground } = this.#place;
    const standard = { name: this.#product.name, level, form, standardError: !inBackground };
    return openProcessLog({ ...standard, targets }, this.#destinations);
  }
}
