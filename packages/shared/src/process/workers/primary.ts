import type { Logger } from '../../log/logger.ts';
import { heldSockets, takeRole } from '../../net/node/inherited.ts';
import { soon } from '../exit.ts';
import type { Crew, CrewListener, Loaded, Product, Reloadable } from '../product.ts';
import type { Reads } from '../reads.ts';
import { notingFiles, type FileBook } from '../regular-file.ts';
import { StartFailure } from '../start-failure.ts';
import { Member, type Refusal } from './member.ts';
import type { Source } from './messages.ts';
import { accepts } from './shares.ts';

export interface PrimaryParts<Snapshot> {
  readonly product: Product<Snapshot>;
  readonly workers: number;
  readonly argv: readonly string[];
  readonly inBackground: boolean;
  readonly logger: Pick<Logger, 'log'>;
}

/**
 * The process that looks after the workers. It binds the sockets and holds them, so that no connection is refused while a worker is
 * missing; starts another one for each that ends; and puts configurations into effect in all of them or in none. It is the
 * process that is known outside: its pid, its signals, its control sockets. What clients send never comes here.
 */
export class Primary<Snapshot> implements Reloadable<Snapshot> {
  /** The program as this process runs it: it keeps what a configuration was made from. */
  readonly product: Product<Snapshot>;
  readonly crew: Crew;
  readonly #parts: PrimaryParts<Snapshot>;
  readonly #members: readonly Member[];
  readonly #sources = new WeakMap<object, Source>();
  #running: Reloadable<Snapshot> | undefined;
  #source: Source | undefined;
  #listener: CrewListener | undefined;
  /** Starts of workers and configurations, one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #questions = 0;
  #begun = false;
  #stopping = false;
  readonly #pauses = new Set<NodeJS.Timeout>();

  constructor(parts: PrimaryParts<Snapshot>) {
    this.#parts = parts;
    const { product, workers, argv, inBackground } = parts;
    if (process.platform !== 'linux' || !('BoundSocket' in process.getBuiltinModule('node:net')))
      throw new StartFailure('workers need Linux and Node.js 24.19 or newer');
    takeRole({ kind: 'primary', workers });
    this.product = { ...product, load: (files, reads) => this.#load(files, reads) };
    this.#members = Array.from({ length: workers }, (_, index) => {
      const number = index + 1;
      return new Member(
        argv,
        { number, workers, inBackground },
        {
          said: (message) => this.#listener?.heard(message, number),
          ended: (how, served) => this.#ended(number, how, served),
        },
      );
    });
    this.crew = {
      number: 0,
      workers,
      say: (message, to) => this.#say(message, to),
      hear: (listener) => {
        this.#listener = listener;
      },
    };
  }

  get addresses(): readonly string[] {
    return this.#running?.addresses ?? [];
  }

  /** The processes of the workers. */
  get pids(): readonly number[] {
    return this.#members.filter(({ running }) => running).map(({ pid }) => pid);
  }

  /** Starts the workers; resolves with this when all of them serve, and rejects when one cannot. `running`: the program in this process. */
  async begin(running: Reloadable<Snapshot>, snapshot: Snapshot): Promise<this> {
    this.#running = running;
    this.#source = this.#sourceOf(snapshot);
    const refusals = await Promise.all(this.#members.map((member) => this.#start(member)));
    const failed = refusals.flatMap((refusal, index) =>
      refusal === undefined ? [] : [`worker ${index + 1}: ${refusal.join('; ')}`],
    );
    if (failed.length > 0) {
      await this.close();
      throw new StartFailure(failed.join('\n'));
    }
    this.#begun = true;
    this.#settle();
    return this;
  }

  /** All workers have compiled the new configuration before any of them, and this process, follows it. */
  apply(snapshot: Snapshot, renewed = false): Promise<void> {
    return this.#inTurn(() => this.#apply(snapshot, renewed));
  }

  async drain(within?: number, handedOver = false): Promise<void> {
    this.#stop();
    await this.#turn;
    // Its sockets close first: what comes after that is refused, as when one process stops, and what waits is for the workers.
    await this.#running?.drain(within, handedOver);
    await Promise.all(this.#members.map((member) => member.drain(within, handedOver)));
  }

  async close(): Promise<void> {
    this.#stop();
    await soon(Promise.all(this.#members.map((member) => member.end())));
    for (const member of this.#members) member.kill();
    await this.#running?.close();
  }

  /** Every worker reopens its log files. */
  reopen(): void {
    for (const member of this.#members) member.send({ kind: 'reopen' });
  }

  async #load(files: readonly string[], reads: Reads): Promise<Loaded<Snapshot>> {
    const named: FileBook = new Map();
    const loaded = await notingFiles(named, () => this.#parts.product.load(files, reads));
    const { snapshot } = loaded;
    if (typeof snapshot === 'object' && snapshot !== null)
      this.#sources.set(snapshot, {
        files,
        configuration: reads.configuration,
        standing: reads.standingTexts,
        named,
      });
    return loaded;
  }

  #sourceOf(snapshot: Snapshot): Source {
    const source = typeof snapshot === 'object' && snapshot !== null ? this.#sources.get(snapshot) : undefined;
    if (source === undefined) throw new Error('a configuration that this process has not loaded');
    return source;
  }

  async #apply(snapshot: Snapshot, renewed: boolean): Promise<void> {
    const source = this.#sourceOf(snapshot);
    const asked = this.#members.filter(({ serving }) => serving);
    const id = this.#nextId();
    const refusals = await Promise.all(asked.map((member) => member.ask({ kind: 'load', id, source })));
    // One that has ended meanwhile is replaced by one that begins with this configuration.
    const reasons = refusals.flatMap((refusal, index) => (asked[index]?.serving === true ? (refusal ?? []) : []));
    try {
      if (reasons.length > 0) throw new Error([...new Set(reasons)].join('\n'));
      await this.#running?.apply(snapshot, renewed);
    } catch (error) {
      for (const member of asked) member.send({ kind: 'forget', id });
      throw error;
    }
    this.#source = source;
    this.#forgetClosed();
    this.#settle();
    const handed = this.#running?.handOn?.(false);
    const results = await Promise.all(
      asked.map((member) => member.ask({ kind: 'apply', id: this.#nextId(), handed, renewed })),
    );
    for (const [index, refusal] of results.entries()) {
      const member = asked[index];
      if (refusal === undefined || member?.running !== true) continue;
      // It has compiled the same as all others: a defect, or a machine without memory. Another one takes its place.
      this.#parts.logger.log('err', `worker ${member.number} did not follow and is replaced: ${refusal.join('; ')}`);
      member.kill();
    }
  }

  /** Starts the process of a worker and lets it serve. */
  async #start(member: Member): Promise<Refusal> {
    const source = this.#source;
    if (source === undefined) return ['there is no configuration yet'];
    const refusal = (await member.start()) ?? (await member.ask({ kind: 'load', id: this.#nextId(), source }));
    if (refusal !== undefined) return refusal;
    this.#sendSockets(member);
    const handed = this.#running?.handOn?.(true);
    member.informed = true;
    const applied = await member.ask({ kind: 'apply', id: this.#nextId(), handed, renewed: false });
    if (applied === undefined) {
      member.serves();
      this.#listener?.joined?.(member.number);
    }
    return applied;
  }

  #ended(number: number, how: string, served: number | undefined): void {
    const member = this.#members[number - 1];
    if (member === undefined || this.#stopping || !this.#begun) return;
    const pause = member.backoff.pauseAfter(served);
    // The log has said already that it could not be started.
    if (served === undefined) return this.#again(member, pause);
    this.#listener?.left?.(number);
    const when = pause === 0 ? 'another one starts' : `another one starts in ${pause / 1000} s`;
    this.#parts.logger.log('err', `worker ${number} has ended (${how}): ${when}`);
    this.#settle();
    this.#again(member, pause);
  }

  #again(member: Member, pause: number): void {
    const timer = setTimeout(() => {
      this.#pauses.delete(timer);
      void this.#inTurn(() => this.#replace(member));
    }, pause);
    this.#pauses.add(timer);
  }

  async #replace(member: Member): Promise<void> {
    if (this.#stopping) return;
    const { logger } = this.#parts;
    const refusal = await this.#start(member);
    if (this.#stopping) return;
    if (refusal === undefined) {
      logger.log('notice', `worker ${member.number} serves again: process ${member.pid}`);
      return this.#settle();
    }
    logger.log('err', `worker ${member.number} could not be started: ${refusal.join('; ')}`);
    member.kill();
  }

  /** Sends each worker the sockets that it is to accept on, and takes back those of workers that serve again. */
  #settle(): void {
    for (const member of this.#members) if (member.serving) this.#sendSockets(member);
  }

  #sendSockets(member: Member): void {
    const { workers } = this.#parts;
    const serving = new Set(this.#members.filter((one) => one.serving).map(({ number }) => number));
    const sockets = heldSockets().filter(({ own }) => !own);
    const counts = new Map<string, number>();
    for (const { key } of sockets) counts.set(key, (counts.get(key) ?? 0) + 1);
    for (const { key, index, handle } of sockets) {
      const wanted = accepts(member.number, { index, count: counts.get(key) ?? 1 }, workers, serving);
      const name = socketName(key, index);
      if (wanted === member.sockets.has(name)) continue;
      if (wanted) {
        member.sockets.add(name);
        member.send({ kind: 'socket', key, index }, handle);
      } else {
        member.sockets.delete(name);
        member.send({ kind: 'release', key, index });
      }
    }
  }

  /** An address may come back, with sockets of its own. */
  #forgetClosed(): void {
    const open = new Set(heldSockets().map(({ key, index }) => socketName(key, index)));
    for (const { sockets } of this.#members) for (const name of sockets) if (!open.has(name)) sockets.delete(name);
  }

  #say(message: unknown, to: number | undefined): boolean {
    const hearers = this.#members.filter(({ informed, number }) => informed && (to === undefined || number === to));
    return hearers.map((member) => member.send({ kind: 'said', message })).every(Boolean);
  }

  #stop(): void {
    this.#stopping = true;
    for (const timer of this.#pauses) clearTimeout(timer);
    this.#pauses.clear();
  }

  #nextId(): number {
    this.#questions += 1;
    return this.#questions;
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

function socketName(key: string, index: number): string {
  return `${index} ${key}`;
}
