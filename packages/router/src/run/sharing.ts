import { setImmediate as turn } from 'node:timers/promises';
import { partOf } from '@headgate/shared/metrics/sum';
import type { Crew } from '@headgate/shared/process/product';
import type { BackendRuntime } from '../backend/runtime.ts';
import type { SessionIds } from '../backend/persistence/session-ids.ts';
import { shareServer, type SharedServer } from '../backend/saved.ts';
import type { StickTable } from '../tables/stick-table.ts';
import { errorAnswer } from '../http/error-answers.ts';
import type { Answer } from '../model/answer.ts';
import type { Observation } from '../model/backend.ts';
import type { Evaluation, World } from '../model/evaluation.ts';
import type { Service } from '../model/service.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Load, OtherLoads } from '../model/state.ts';
import type { Typed } from '../model/values.ts';
import type { Backends } from './backends.ts';
import type { WorkerCounts } from './crew-counts.ts';
import type { Deployments } from './deployments.ts';
import type { LiveLists } from './live-lists.ts';
import { NO_COPIES, SharedCopies } from './shared-copies.ts';
import type { Handed, Message, Question, Questions, Words } from './sharing-messages.ts';
import type { TableStore } from './tables.ts';
import { pageRequest, type PageRequest } from './page-request.ts';
import { partOfSnapshot } from './part.ts';

const NOTHING: Handed = { servers: [], deployments: [], lines: [], copies: NO_COPIES };

export interface SharingParts {
  readonly crew: Crew;
  readonly backends: Backends;
  readonly tables: TableStore;
  readonly deployments: Deployments;
  readonly lists: LiveLists;
  readonly world: World;
  /** In a worker: what its frontends, backends and servers have now. */
  readonly loads: () => ReadonlyMap<string, Load>;
  /** In a worker: what it has counted. */
  readonly counts: () => WorkerCounts;
  /** In the primary: what a worker has counted; undefined when it has ended. */
  readonly counted: (worker: number, counts: WorkerCounts | undefined) => void;
  readonly clear: (all: boolean) => void;
  /** In the primary: makes a page of the router. */
  readonly page: (request: PageRequest) => Answer;
}

/** Milliseconds a process may take to answer another one. */
const PATIENCE = 2000;
/** Milliseconds between two reports of a worker. */
const REPORTS = 1000;
/** Questions that may wait for an answer. */
const MOST_ASKED = 1000;
/** Commands that are kept for workers that start later. */
const MOST_LINES = 10_000;

/**
 * How the processes of a router agree: the primary has the states of servers and the sums of what is counted, its workers follow. The
 * file is long because both ends of each message are here.
 */
export class Sharing {
  readonly #parts: SharingParts;
  readonly #serving = new Set<number>();
  readonly #asked = new Map<number, (answer: unknown) => void>();
  #questions = 0;
  #lines: Words[] = [];
  /** In a worker: what the primary said of the configuration that is applied next. */
  #handed = NOTHING;
  readonly #reports: NodeJS.Timeout | undefined;
  readonly #copies: SharedCopies;
  /** Stick tables, and the sessions of backends (`sticky socket.io`). */
  #allTables = new Map<string, StickTable>();
  /** In a worker: carries out a command that the primary has carried out. */
  runCommand: (words: Words) => Promise<string> = () => Promise.resolve('');

  constructor(parts: SharingParts) {
    this.#parts = parts;
    const { crew, backends } = parts;
    this.#copies = new SharedCopies({ ...parts, tables: () => this.#allTables });
    crew.hear({
      heard: (message, from) => this.#heard(message as Message, from),
      joined: (worker) => void this.#serving.add(worker),
      left: (worker) => {
        this.#serving.delete(worker);
        this.#copies.left(worker);
        parts.counted(worker, undefined);
      },
    });
    if (this.follows) this.#reports = setInterval(() => this.#report(), REPORTS).unref();
    else backends.changed = (server) => this.#say({ kind: 'server', server: shareServer(server) });
  }

  /** In a worker: another process checks, logs and decides. */
  get follows(): boolean {
    return this.#parts.crew.number > 0;
  }

  /** `starting`: for a worker that has nothing yet. */
  handOn(starting: boolean): Handed {
    const backends = [...this.#parts.backends.all.values()];
    return {
      servers: backends.flatMap(({ servers }) => servers.map(shareServer)),
      deployments: starting ? this.#parts.deployments.save() : [],
      lines: starting ? this.#lines : [],
      copies: starting ? this.#copies.handOn() : NO_COPIES,
    };
  }

  /** In a worker: takes what the primary's `handOn` returned, for the next configuration. */
  takeOver(handed: unknown): void {
    this.#handed = (handed as Handed | undefined) ?? NOTHING;
    this.#parts.deployments.assume(this.#handed.deployments);
  }

  /** The tables of a configuration, and its backends, are in effect. */
  followTables(): void {
    const { tables, backends } = this.#parts;
    this.#allTables = new Map(tables.all ?? []);
    for (const [backend, { sessions }] of backends.all) {
      if (sessions === undefined) continue;
      // No section has a name with a blank.
      this.#allTables.set(`sessions of ${backend}`, sessions.table);
      sessions.learned = () => this.#copies.flushTables();
      if (this.follows) sessions.ask = (id) => this.#askFor(backend, id, sessions);
    }
    this.#copies.followTables(this.#handed.copies);
  }

  /** In a worker: what the others have now. */
  get others(): OtherLoads | undefined {
    return this.follows ? this.#copies.others : undefined;
  }

  /** A variable of scope `proc` has another value here. */
  variableChanged(name: string, value: Typed | undefined): void {
    this.#copies.variableChanged(name, value);
  }

  /** Everything of it but its servers is in effect. */
  followValues(readsLoad: boolean): void {
    this.#copies.followValues(this.#handed.copies, readsLoad);
  }

  /** Its servers are in effect: in a worker, with the states that the primary has given them. */
  followServers(): void {
    for (const server of this.#handed.servers) this.#assume(server);
  }

  /** It is in effect: a worker repeats the commands that have changed it, and takes the states of servers that these have added. */
  async catchUp(): Promise<void> {
    const { lines } = this.#handed;
    for (const line of lines) await this.runCommand(line);
    if (lines.length > 0) this.followServers();
    this.#handed = NOTHING;
  }

  /** In the primary: a new configuration is in effect, and commands of before are not. */
  forgetCommands(): void {
    this.#lines = [];
  }

  observed(server: string, seen: Observation): void {
    this.#say({ kind: 'observed', server, seen });
  }

  clear(all: boolean): void {
    this.#say({ kind: 'clear', all });
  }

  /** In a worker: a page of the router, which the primary makes of what all workers have counted. */
  async page(service: Service, on: Evaluation, body: Buffer | undefined): Promise<Answer> {
    return (await this.#ask('page', pageRequest(service, on, body))) ?? errorAnswer(503);
  }

  /** In a worker: its part of a limit. */
  partOf(limit: number): number {
    const { number, workers } = this.#parts.crew;
    return this.follows ? partOf(limit, number, workers) : limit;
  }

  /** The configuration with its parts of all limits. */
  ownPart(snapshot: Snapshot): Snapshot {
    const { number, workers } = this.#parts.crew;
    return this.follows ? partOfSnapshot(snapshot, number, workers) : snapshot;
  }

  /** In the primary: hears what the workers have counted until now. */
  async refresh(): Promise<void> {
    await Promise.all(
      [...this.#serving].map(async (worker) => {
        const counts = await this.#ask('counts', undefined, worker);
        if (counts !== undefined) this.#parts.counted(worker, counts);
      }),
    );
  }

  /** In the primary: the answers of all workers to a command. */
  async everywhere(line: Words): Promise<readonly string[]> {
    const answers = await Promise.all([...this.#serving].map((worker) => this.#ask('line', line, worker)));
    return answers.flatMap((answer) => (answer === undefined ? [] : [answer]));
  }

  /** In the primary: a command has changed the configuration: workers follow, those too that start later. False when there were too many. */
  async repeat(line: Words): Promise<boolean> {
    if (this.#lines.length >= MOST_LINES) return false;
    this.#lines.push(line);
    await this.everywhere(line);
    return true;
  }

  stop(): void {
    this.#copies.stop();
    clearInterval(this.#reports);
  }

  #heard(message: Message, from: number): void {
    switch (message.kind) {
      case 'server':
        return this.#assume(message.server);
      case 'observed':
        return this.#at(message.server, (backend, server) => backend.observed(server, message.seen));
      case 'counts':
        return this.#parts.counted(from, message.counts);
      case 'tables':
      case 'loads':
      case 'values':
        return this.#copies.heard(message);
      case 'clear':
        return this.#parts.clear(message.all);
      case 'answer':
        return this.#asked.get(message.id)?.(message.answer);
      case 'ask':
        return void this.#reply(message.question, message.about).then((answer) =>
          this.#say({ kind: 'answer', id: message.id, answer }, from),
        );
    }
  }

  async #reply(question: Question, about: unknown): Promise<unknown> {
    switch (question) {
      case 'counts':
        return this.#parts.counts();
      case 'line':
        return this.runCommand(about as Words);
      case 'page':
        await this.refresh();
        return this.#parts.page(about as PageRequest);
      case 'session': {
        // The worker that learned it sent that before its client could come back: it may be the next message to be read.
        await turn();
        const { backend, id } = about as Questions['session']['about'];
        return this.#parts.backends.all.get(backend)?.sessions?.find(id);
      }
    }
  }

  async #askFor(backend: string, id: string, sessions: SessionIds): Promise<void> {
    const server = await this.#ask('session', { backend, id });
    if (server !== undefined) sessions.assume(id, server);
  }

  /** Undefined: no answer came. */
  #ask<Asked extends Question>(
    question: Asked,
    about: Questions[Asked]['about'],
    to?: number,
  ): Promise<Questions[Asked]['answer'] | undefined> {
    if (this.#asked.size >= MOST_ASKED) return Promise.resolve(undefined);
    this.#questions += 1;
    const id = this.#questions;
    return new Promise((resolve) => {
      const done = (answer: unknown): void => {
        clearTimeout(timer);
        this.#asked.delete(id);
        resolve(answer as Questions[Asked]['answer'] | undefined);
      };
      const timer = setTimeout(() => done(undefined), PATIENCE);
      this.#asked.set(id, done);
      this.#say({ kind: 'ask', id, question, about }, to);
    });
  }

  #report(): void {
    this.#say({ kind: 'counts', counts: this.#parts.counts() });
  }

  #assume(server: SharedServer): void {
    const limited = server.limited === undefined ? undefined : this.partOf(server.limited);
    this.#at(server.key, (backend) => backend.assume({ ...server, limited }));
  }

  /** A server that a configuration has just taken away is none any more. */
  #at(key: string, act: (backend: BackendRuntime, server: BackendRuntime['servers'][number]) => void): void {
    const backend = this.#parts.backends.all.get(key.slice(0, key.indexOf('/')));
    const server = backend?.servers.find((one) => one.key === key);
    if (backend !== undefined && server !== undefined) act(backend, server);
  }

  #say(message: Message, to?: number): void {
    this.#parts.crew.say(message, to);
  }
}
