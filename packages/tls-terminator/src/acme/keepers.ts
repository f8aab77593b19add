import { isDeepStrictEqual } from 'node:util';
import type { Logger } from '@headgate/shared/log/logger';
import type { AcmeCertificate } from '../model/acme.ts';
import type { Challenges } from './challenges.ts';
import { systemClock, type AcmeClock } from './clock.ts';
import { Keeper, type KeptStatus } from './keeper.ts';
import { AcmeStore } from './store.ts';
import { httpsTransport, type Transports } from './transport.ts';
import { Turns } from './turns.ts';

/** Orders that are under way at one time: authorities limit them, and a thousand names are in no hurry. */
const MOST_ORDERS = 8;

export interface KeepersParts {
  readonly challenges: Challenges;
  /** The file of a certificate has other contents: serve them. */
  readonly renewed: (file: string) => Promise<unknown>;
  readonly clock?: AcmeClock;
  readonly chance?: () => number;
  readonly transports?: Transports;
}

/** The certificates that are kept, as configurations come and go. One that stays as it is is not disturbed. */
export class Keepers {
  readonly #parts: KeepersParts;
  readonly #turns = new Turns(MOST_ORDERS);
  readonly #store = new AcmeStore();
  readonly #all = new Map<string, { readonly keeper: Keeper; readonly done: Promise<void> }>();
  #logger: Pick<Logger, 'log'> | undefined;
  #ended = false;

  constructor(parts: KeepersParts) {
    this.#parts = parts;
  }

  /** Keeps these from now on. */
  follow(wanted: readonly AcmeCertificate[], logger: Pick<Logger, 'log'>): void {
    this.#logger = logger;
    const files = new Map(wanted.map((each) => [each.file, each]));
    for (const [file, { keeper }] of this.#all) {
      const next = files.get(file);
      if (next !== undefined && isDeepStrictEqual({ ...next, at: keeper.wanted.at }, keeper.wanted)) continue;
      keeper.end();
      this.#all.delete(file);
    }
    if (this.#ended) return;
    for (const [file, each] of files) if (!this.#all.has(file)) this.#start(each);
  }

  /** Of all, in the order of the configuration. */
  get status(): readonly KeptStatus[] {
    return [...this.#all.values()].map(({ keeper }) => keeper.status);
  }

  /** An attempt now. False: there is no such certificate. */
  renew(name: string): boolean {
    const found = [...this.#all.values()].filter(
      ({ keeper: { wanted } }) => wanted.name === name || wanted.file === name,
    );
    for (const { keeper } of found) keeper.renew();
    return found.length > 0;
  }

  /** Gives up what is under way; resolves when nothing is. */
  async end(): Promise<void> {
    this.#ended = true;
    for (const { keeper } of this.#all.values()) keeper.end();
    await Promise.all([...this.#all.values()].map(({ done }) => done));
  }

  #start(wanted: AcmeCertificate): void {
    const { challenges, renewed, clock = systemClock, chance = Math.random, transports = httpsTransport } = this.#parts;
    const keeper = new Keeper(wanted, {
      store: this.#store,
      challenges,
      clock,
      chance,
      transports,
      logger: { log: (severity, text, fields) => this.#logger?.log(severity, text, fields) },
      turns: this.#turns,
      renewed,
    });
    // Not at once: files that it writes must belong to the user that the process becomes after the start.
    const done = new Promise<void>((resolve) => setImmediate(() => void keeper.run().then(resolve)));
    this.#all.set(wanted.file, { keeper, done });
  }
}
