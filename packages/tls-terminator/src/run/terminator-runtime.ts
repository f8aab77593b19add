import { isDeepStrictEqual } from 'node:util';
import type { Logger } from '@headgate/shared/log/logger';
import { versionOf } from '@headgate/shared/process/version';
import { DEFAULT_SHARDS } from '@headgate/shared/net/link';
import type { Crew, Reloadable } from '@headgate/shared/process/product';
import { partOf } from '@headgate/shared/metrics/sum';
import { StartFailure } from '@headgate/shared/process/start-failure';
import type { Service, Snapshot } from '../model/snapshot.ts';
import { Challenges, type OpenAnswers } from '../acme/challenges.ts';
import { Keepers, type KeepersParts } from '../acme/keepers.ts';
import { newServiceCounters, type ServiceCounters } from '../model/counters.ts';
import { Numbers } from '../service/arrivals.ts';
import { connectionLimit } from '../service/descriptor-limit.ts';
import { Listener } from '../service/listener.ts';
import { Places } from '../service/places.ts';
import { Staples } from '../service/staples.ts';
import { RunningService } from '../service/running-service.ts';
import type { Lasting } from '../service/lasting.ts';
import { ExpiryWatch, expiryOf } from './expiry-watch.ts';
import { infoOf } from './info.ts';
import { challengeAddresses, metricsAddresses } from './text-addresses.ts';
import { LeavingListeners } from './leaving-listeners.ts';
import { bindAll, placesOf, type Bound } from './addresses.ts';
import { OwnTicketKeys, hasOwnKeys, withTicketKeys, type OwnTicketKey } from './ticket-keys.ts';
import { metricsText } from '../service/metrics.ts';
import { ServiceLog } from '../service/service-log.ts';
import type { SelectiveLogger } from '../service/session-log.ts';
import { CrewCounts, isChallenges, isCounts, type ChallengesMessage, type Counts } from './crew-counts.ts';

const version = versionOf(import.meta.resolve('@headgate/tls-terminator/package.json'));

export interface RuntimeParts {
  /** Standard error, for lines that go there. */
  readonly logger: Logger;
  /** What /proc says of the limits of this process; empty: the usual ones. */
  readonly processLimits: string;
  /** Called for every handshake that failed. */
  readonly failed?: SelectiveLogger['failed'];
  /** The contents of files that the configuration names have changed: applies it again with those. */
  readonly renew: (paths: readonly string[]) => Promise<unknown>;
  /** Time and chance of ACME, for tests. */
  readonly acme?: Pick<KeepersParts, 'clock' | 'chance' | 'transports'>;
  /** With workers: the other processes, and in a worker what the primary handed on. */
  readonly crew?: Crew | undefined;
  readonly handed?: unknown;
}

/** Milliseconds between two reports of a worker to its primary. */
const REPORTS = 1000;

/** What the primary hands on: the keys of session tickets by the names of services, so that each worker resumes the sessions of all. */
interface Handed {
  readonly ticketKeys: ReadonlyMap<string, OwnTicketKey>;
  readonly challenges: OpenAnswers;
}

/** One configuration in effect. */
interface Generation extends Bound {
  readonly snapshot: Snapshot;
  readonly log: ServiceLog;
  readonly services: readonly RunningService[];
}

/** The running terminator: sockets, and the services that serve them, which `apply` exchanges. Long: that is one step over all that runs. */
export class TerminatorRuntime implements Reloadable<Snapshot> {
  readonly #parts: RuntimeParts;
  readonly #places = new Places(Number.MAX_SAFE_INTEGER);
  readonly #kept = new Map<string, Lasting>();
  /** Their configuration was replaced, their last sessions go on. */
  readonly #retiring = new Set<RunningService>();
  readonly #leaving = new LeavingListeners();
  #current: Generation | undefined;
  readonly #startedAt = Date.now() / 1000;
  /** The first configuration is none of them. */
  readonly #reloads = { done: -1, failed: 0 };
  readonly #metrics = metricsAddresses(() => this.#metricsText());
  readonly #challenges = new Challenges();
  readonly #responders = challengeAddresses(this.#challenges);
  readonly staples = new Staples();
  readonly #expiry = new ExpiryWatch();
  readonly keepers: Keepers;
  readonly #ticketKeys = new OwnTicketKeys();
  /** In the primary. */
  readonly #crewCounts = new CrewCounts();
  #reports: NodeJS.Timeout | undefined;
  #stopped = false;
  /** The last `apply`, whatever became of it. */
  #applied: Promise<unknown> = Promise.resolve();

  constructor(parts: RuntimeParts) {
    this.#parts = parts;
    this.keepers = new Keepers({
      ...parts.acme,
      challenges: this.#challenges,
      renewed: (file) => parts.renew([file]),
    });
    const { crew } = parts;
    if (crew === undefined) return;
    this.takeOver(parts.handed);
    crew.hear({
      heard: (message, worker) => {
        if (isCounts(message)) this.#crewCounts.heard(worker, message);
        else if (isChallenges(message)) this.#challenges.assume(message.challenges);
      },
      left: (worker) => this.#crewCounts.left(worker),
    });
    if (crew.number > 0) this.#reports = setInterval(() => this.#report(crew), REPORTS).unref();
    else
      this.#challenges.changed = () =>
        void crew.say({ kind: 'challenges', challenges: this.#challenges.open } satisfies ChallengesMessage);
  }

  /** Its primary serves the metrics of all, answers http-01 and looks after certificates. */
  get #isWorker(): boolean {
    return (this.#parts.crew?.number ?? 0) > 0;
  }

  handOn(): Handed {
    return { ticketKeys: this.#ticketKeys.all, challenges: this.#challenges.open };
  }

  takeOver(handed: unknown): void {
    if (handed === undefined) return;
    const { ticketKeys, challenges } = handed as Handed;
    this.#ticketKeys.assume(ticketKeys);
    this.#challenges.assume(challenges);
  }

  get info(): Readonly<Record<string, number>> {
    return infoOf(this.#current?.snapshot.services ?? [], (name) => this.#countersOf(name), this.#startedAt);
  }

  get addresses(): readonly string[] {
    return this.#current?.addresses ?? [];
  }

  /**
   * Serves by `snapshot` from now on, or rejects with every reason and leaves all as it was. Addresses that stay are not touched,
   * new ones are bound first, those that were removed stop accepting. Sessions go on as they began; certificates, limits
   * and timeouts hold for the connections that are accepted from now on. Session tickets stay good at services that keep their
   * name. Calls wait for each other.
   */
  apply(snapshot: Snapshot): Promise<void> {
    const applied = this.#applied.then(() => this.#apply(snapshot));
    this.#applied = applied.catch(() => (this.#reloads.failed += 1));
    return applied;
  }

  async drain(_within?: number, handedOver = false, begun?: () => void): Promise<void> {
    this.#end();
    const listeners = [...(this.#current?.listeners.values() ?? [])];
    // The successor has the same sockets, and accepts what waits there.
    if (handedOver) for (const listener of listeners) listener.close();
    else await Promise.all([this.#leaving.emptied, ...listeners.map((listener) => listener.drain())]);
    // What is asked there now is for the process that serves, and handshakes may take the time that they usually may.
    if (handedOver) this.#metrics.close();
    if (begun !== undefined) void Promise.all(this.#all().map((service) => service.begun())).then(begun);
    await Promise.all([this.keepers.end(), ...this.#all().map((one) => (handedOver ? one.retire() : one.drain()))]);
    await this.#current?.log.flush();
  }

  async close(): Promise<void> {
    for (const listener of this.#current?.listeners.values() ?? []) listener.close();
    this.#leaving.close();
    this.#end();
    this.#metrics.close();
    clearInterval(this.#reports);
    for (const service of this.#all()) service.close();
    // Connections say their last word when their sockets have closed.
    await this.drain();
    this.#current?.log.close();
  }

  async #apply(snapshot: Snapshot): Promise<void> {
    const before = this.#current;
    const keepsLog = before !== undefined && isDeepStrictEqual(before.snapshot.logging, snapshot.logging);
    const log = keepsLog
      ? before.log
      : new ServiceLog(this.#loggingOf(snapshot), this.#parts.logger, this.#parts.failed);
    const services: RunningService[] = [];
    const added: Listener[] = [];
    try {
      const kept = new Map(snapshot.services.map((service) => [service.name, this.#keep(service)]));
      for (const service of snapshot.services) {
        const lasting = kept.get(service.name) ?? this.#keep(service);
        const keyed = withTicketKeys(service, this.#ticketKeys.keyOf(service.name));
        services.push(new RunningService(keyed, log.logger(service.logLevel), lasting));
      }
      const byName = new Map(snapshot.services.map(({ name }, index) => [name, services[index]] as const));
      for (const service of services)
        service.link(new Map([...byName].flatMap(([name, other]) => (other === undefined ? [] : [[name, other]]))));
      const places = placesOf(snapshot, services);
      // One that comes back cannot be bound before.
      await this.#leaving.emptied;
      const bound = await bindAll(places, before, added);
      await this.#bindTexts(snapshot, before !== undefined);
      if (this.#stopped) throw new StartFailure('the terminator is stopping');
      // From here nothing fails.
      const listeners = new Map<string, Listener>();
      for (const [index, { key, receiver }] of places.entries()) {
        const listener = bound[index]?.listener;
        if (listener === undefined) continue;
        listener.follow(receiver);
        listeners.set(key, listener);
      }
      const addresses = bound.map(({ address }) => address);
      this.#reloads.done += 1;
      this.#swap(kept, snapshot, { snapshot, log, services, listeners, addresses });
    } catch (error) {
      this.#metrics.forget();
      this.#responders.forget();
      for (const listener of added) listener.close();
      for (const service of services) service.close();
      if (!keepsLog) log.close();
      throw error;
    }
  }

  async #bindTexts({ metrics, acme }: Snapshot, running: boolean): Promise<void> {
    if (this.#isWorker) return;
    await this.#metrics.bind(metrics === undefined ? [] : [{ kind: 'tcp', ...metrics }], running);
    await this.#responders.bind(acme.http, running);
  }

  #metricsText(): string {
    const { services = [] } = this.#current?.snapshot ?? {};
    const measured = services.flatMap(({ name, tls }) => {
      const counters = this.#countersOf(name);
      if (counters === undefined) return [];
      return [{ name, certificate: tls?.certificate, expiry: expiryOf(tls?.certificates ?? []), counters }];
    });
    const own = { version, startedAt: this.#startedAt, reloads: this.#reloads, memory: process.memoryUsage.rss() };
    return metricsText(measured, own, Date.now());
  }

  #report(crew: Crew): void {
    const services = Object.fromEntries([...this.#kept].map(([name, { counters }]) => [name, counters]));
    crew.say({ kind: 'counts', services } satisfies Counts);
  }

  #countersOf(name: string): ServiceCounters | undefined {
    return this.#parts.crew === undefined ? this.#kept.get(name)?.counters : this.#crewCounts.of(name);
  }

  #swap(kept: ReadonlyMap<string, Lasting>, snapshot: Snapshot, next: Generation): void {
    const before = this.#current;
    this.#current = next;
    this.#kept.clear();
    for (const [name, lasting] of kept) this.#kept.set(name, lasting);
    this.#places.resize(connectionLimit(this.#parts.processLimits, next.listeners.size * DEFAULT_SHARDS));
    for (const { name, maxConnections, maxHandshakes, maxPerAddress } of snapshot.services)
      kept.get(name)?.places.resize(this.#part(maxConnections) || Number.MAX_SAFE_INTEGER, {
        handshakes: this.#part(maxHandshakes),
        perAddress: maxPerAddress,
      });
    this.#ticketKeys.follow(new Set(kept.keys()), () => this.#renewTickets());
    this.#metrics.follow();
    this.#responders.follow();
    this.staples.follow(
      snapshot.services.flatMap(({ tls }) => tls?.certificates.flatMap(({ staple }) => staple ?? []) ?? []),
      next.log.logger(undefined),
    );
    if (!this.#isWorker) {
      this.keepers.follow(snapshot.acme.certificates, next.log.logger(undefined));
      this.#expiry.follow(snapshot, next.log.logger(undefined));
    }
    if (before === undefined) return;
    this.#leaving.add([...before.listeners].flatMap(([key, listener]) => (next.listeners.has(key) ? [] : [listener])));
    const ends = before.services.map((service) => this.#retire(service));
    if (before.log !== next.log) void Promise.all(ends).then(() => before.log.finish());
  }

  async #retire(service: RunningService): Promise<void> {
    this.#retiring.add(service);
    await this.#leaving.emptied;
    await service.retire();
    this.#retiring.delete(service);
  }

  #renewTickets(): void {
    const { snapshot, services = [] } = this.#current ?? {};
    for (const [index, service] of (snapshot?.services ?? []).entries())
      if (!hasOwnKeys(service)) services[index]?.renewTickets(this.#ticketKeys.keyOf(service.name));
  }

  #keep({ name, maxConnections }: Service): Lasting {
    return (
      this.#kept.get(name) ?? {
        places: new Places(this.#part(maxConnections) || Number.MAX_SAFE_INTEGER, this.#places),
        numbers: new Numbers(),
        counters: newServiceCounters(),
        challenges: this.#challenges,
        staple: (certificate) => this.staples.responseFor(certificate),
      }
    );
  }

  /** Where the log is emptied, the primary does it. */
  #loggingOf({ logging }: Snapshot): Snapshot['logging'] {
    return this.#isWorker ? { ...logging, mode: 'append' } : logging;
  }

  /** The part of a limit that is for this process; 0: no limit. */
  #part(limit: number): number {
    const { crew } = this.#parts;
    return crew === undefined || crew.number === 0 ? limit : partOf(limit, crew.number, crew.workers);
  }

  #all(): readonly RunningService[] {
    return [...(this.#current?.services ?? []), ...this.#retiring];
  }

  #end(): void {
    this.#stopped = true;
    this.#responders.close();
    this.staples.end();
    this.#expiry.end();
    this.#ticketKeys.end();
  }
}
