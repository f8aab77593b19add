import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { launch } from '@headgate/shared/process/launch';
import type { Reloaded } from '@headgate/shared/process/product';
import { StartFailure } from '@headgate/shared/process/start-failure';
import { halfEnvironment } from '../half/marker.ts';
import { closeHandle } from '@headgate/shared/net/node/inherited';
import type { Assignment, HalfName, Inheritance, Order, Report } from '../model/messages.ts';

/** How long a half that was ordered to hurry may take, in milliseconds. */
const HURRY = 2000;

/** One process of a half, from its start to its end. */
export class HalfProcess {
  readonly #child: ChildProcess | undefined;
  readonly #name: string;
  readonly #serving = Promise.withResolvers<readonly string[]>();
  readonly #begun = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<string>();
  readonly #reload: (why: string) => Promise<Reloaded>;
  readonly #reloads = new Map<number, (result: Reloaded) => void>();
  /** What takes its listening sockets, and what is called after the last of them. */
  #heir: { readonly take: (socket: Inheritance, handle: object) => void; readonly end: () => void } | undefined;
  #failure: (Report & { readonly kind: 'failed' }) | undefined;
  #number = 0;
  #over = false;

  /** `reload` is called when an operator asks the half for a reload. `before`: whose listening sockets it takes over. */
  constructor(
    half: HalfName,
    assignment: Assignment,
    reload: (why: string) => Promise<Reloaded>,
    before?: HalfProcess,
  ) {
    this.#reload = reload;
    this.#name = `headgate-${half}`;
    const [, script = ''] = process.argv;
    const options: SpawnOptions = { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: halfEnvironment(half) };
    const child = launch(process.execPath, [...process.execArgv, script], options, ({ message }) =>
      this.#end(`cannot be started: ${message}`),
    );
    this.#child = child;
    child?.on('message', (report: Report, handle: unknown) => this.#report(report, handle));
    child?.once('exit', (code, signal) => this.#end(signal === null ? `exit code ${code}` : `signal ${signal}`));
    this.#serving.promise.catch(() => {});
    this.#order({ kind: 'serve', assignment, inherits: before !== undefined });
    if (child === undefined) return;
    before?.bequeath(
      (socket, handle) => child.send(socket, handle as never, () => closeHandle(handle)),
      () => this.#order({ kind: 'inherited' }),
    );
  }

  /** Hands on its listening sockets, on which it goes on accepting; `end` follows the last one, and its own end. */
  bequeath(take: (socket: Inheritance, handle: object) => void, end: () => void): void {
    const once = (): void => {
      if (this.#heir?.end === once) this.#heir = undefined;
      end();
    };
    this.#heir = { take, end: once };
    if (this.#over) once();
    else this.#order({ kind: 'bequeath' });
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Where it listens, once it does; rejects with the reason when it ends before that. */
  get serving(): Promise<readonly string[]> {
    return this.#serving.promise;
  }

  /** Resolves when a terminator that stops has no handshakes any more, and with its end. */
  get begun(): Promise<void> {
    return this.#begun.promise;
  }

  /** Resolves with how it ended. */
  get ended(): Promise<string> {
    return this.#ended.promise;
  }

  /** Puts another configuration into effect; resolves with what became of it. */
  reload(assignment: Assignment): Promise<Reloaded> {
    if (this.#over) return Promise.resolve({ applied: false, reasons: [`${this.#name} has ended`] });
    const number = (this.#number += 1);
    return new Promise((resolve) => {
      this.#reloads.set(number, resolve);
      this.#order({ kind: 'reload', number, assignment });
    });
  }

  signal(name: NodeJS.Signals): void {
    if (!this.#over) this.#child?.kill(name);
  }

  /** Asks it to finish what is open; resolves when it has ended. */
  async stop(soft: boolean): Promise<void> {
    this.#order({ kind: 'stop', soft });
    await this.#ended.promise;
  }

  /** What it has been handed is its own from now on. */
  settle(): void {
    this.#order({ kind: 'settled' });
  }

  /** Lets it finish what is open, for another process has its addresses; resolves when it has ended. */
  async retire(): Promise<void> {
    this.#order({ kind: 'handed-over' });
    await this.#ended.promise;
  }

  /** Ends it at once. */
  async close(): Promise<void> {
    if (this.#over) return;
    this.#order({ kind: 'hurry' });
    const timer = setTimeout(() => this.#child?.kill('SIGKILL'), HURRY);
    await this.#ended.promise;
    clearTimeout(timer);
  }

  #order(order: Order): void {
    // One that is about to end takes no orders any more; its end is reported.
    if (this.#child?.connected === true) this.#child.send(order, () => {});
  }

  #report(report: Report, handle: unknown): void {
    if (report.kind === 'socket') {
      if (typeof handle === 'object' && handle !== null) this.#heir?.take(report, handle);
    } else if (report.kind === 'bequeathed') this.#heir?.end();
    else if (report.kind === 'serving') this.#serving.resolve(report.addresses);
    else if (report.kind === 'failed') this.#failure = report;
    else if (report.kind === 'begun') this.#begun.resolve();
    else if (report.kind === 'ask') void this.#answer(report);
    else {
      this.#reloads.get(report.number)?.(report.result);
      this.#reloads.delete(report.number);
    }
  }

  async #answer({ number, why }: Report & { readonly kind: 'ask' }): Promise<void> {
    this.#order({ kind: 'answer', number, result: await this.#reload(why) });
  }

  #end(how: string): void {
    if (this.#over) return;
    this.#over = true;
    const reason = this.#failure?.text ?? `it ended with ${how}`;
    const temporary = this.#failure === undefined || this.#failure.code === 75;
    this.#serving.reject(new StartFailure(`${this.#name}: ${reason}`, { temporary }));
    for (const resolve of this.#reloads.values())
      resolve({ applied: false, reasons: [`${this.#name} ended with ${how}`] });
    this.#reloads.clear();
    this.#heir?.end();
    this.#begun.resolve();
    this.#ended.resolve(this.#failure?.text ?? how);
  }
}
