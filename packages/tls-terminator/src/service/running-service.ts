import type { Link, SecureLink } from '@headgate/shared/net/link';
import { measured } from '@headgate/shared/net/transport';
import type { AcceptAddress, Service, Verification } from '../model/snapshot.ts';
import { admit, refusedCertificate, verificationOf } from './admission.ts';
import { Arrivals, type Arrival } from './arrivals.ts';
import type { Challenges } from '../acme/challenges.ts';
import { addressesOf, candidateOrders, type Candidate } from './candidates.ts';
import { Departure, HANDSHAKES_WHILE_DRAINING } from './departure.ts';
import { Clock, tickInterval } from '@headgate/shared/time/clock';
import { answersChallenge } from './challenge-server.ts';
import { admitsByName, adopt, deceived, directionOf, fingerprintOf, linked, openingOf } from './entrance.ts';
import { awaitFirstBytes } from './first-bytes.ts';
import type { Hello } from './hello.ts';
import { Handshakes, type HandshakeParts } from './handshakes.ts';
import type { Lasting } from './lasting.ts';
import type { Receiver } from './listener.ts';
import { Notices } from './notices.ts';
import { open, openingNow, type OpeningSettings } from './opening.ts';
import { outboundOf, type Outbound } from './outbound.ts';
import type { Places } from './places.ts';
import { plainHttpAnswer, plainTextCodes } from './plain-http.ts';
import { Revocation } from './revocation.ts';
import type { SessionParts } from './session-parts.ts';
import { Session } from './session.ts';
import { SessionLog, type SelectiveLogger } from './session-log.ts';
import { describeTls, type PeerFacts } from './tls-facts.ts';
import { goneAway, tooSlow } from './tls-failure.ts';
import { unrecognizedName } from './unrecognized-name.ts';

type Describe = SessionParts['describe'];
type ClientHello = Extract<Hello, { kind: 'hello' }>;

/** One service under one configuration: does the handshakes, and gives each connection its session. Long: all that comes before one. */
export class RunningService implements Receiver {
  readonly #service: Service;
  readonly #log: SessionLog;
  readonly #places: Places;
  readonly #clock: Clock;
  readonly #arrivals: Arrivals;
  /** Undefined with `client = yes`. */
  readonly #handshakes: Handshakes | undefined;
  readonly #outbound: Outbound | undefined;
  readonly #opening: OpeningSettings;
  readonly #challenges: Challenges;
  readonly #notices = new Notices();
  readonly #revocation = new Revocation();
  readonly #redirect: readonly Candidate[];
  /** Who gets the connections that request certain names. */
  #secondaries: readonly { readonly pattern: string; readonly service: RunningService }[] = [];
  readonly #sessions = new Set<Session>();
  readonly #departure = new Departure(
    () => this.#arrivals.size === 0 && this.#sessions.size === 0,
    () => this.#clock.stop(),
  );
  readonly #orders: readonly (readonly Candidate[])[];
  /** Sessions so far. */
  #turn = 0;
  #draining = false;
  #drainingSince = 0;

  /** Throws when OpenSSL does not take the certificate or the options. */
  constructor(service: Service, logger: SelectiveLogger, { places, numbers, counters, challenges, staple }: Lasting) {
    this.#service = service;
    this.#log = new SessionLog(logger, service.name, counters);
    this.#places = places;
    this.#challenges = challenges;
    this.#arrivals = new Arrivals(numbers);
    const { tls, outbound, timeouts } = service;
    if (tls !== undefined) {
      const parts = { tls, timeout: timeouts.busy, staple, secured: this.#secured, refused: this.#refused };
      this.#handshakes = new Handshakes(parts, [...new Set(service.accepts.map(({ kind }) => kind))]);
    }
    this.#outbound = outbound === undefined ? undefined : outboundOf(outbound, this.#revocation);
    this.#redirect = tls?.verification.redirect.flatMap(addressesOf) ?? [];
    this.#opening = openingOf(service);
    this.#clock = new Clock(tickInterval(Object.values(timeouts)), (now) => this.#tick(now));
    this.#clock.start({ background: true });
    this.#orders = candidateOrders(service);
  }

  get sockets(): Service['sockets'] {
    return this.#service.sockets;
  }

  /** Which services get the connections that request certain names; called once, before any connection comes. */
  link(services: ReadonlyMap<string, RunningService>): void {
    this.#secondaries = linked(this.#service.secondaries, services);
    for (const { service } of this.#secondaries) this.#departure.precedes(service.#departure);
    for (const { service } of this.#secondaries) this.#arrivals.begun.precedes(service.#arrivals.begun);
  }

  /** No more connections come; resolves when each that is here has its session, which has turned to a server, or will have none. */
  begun(): Promise<void> {
    return this.#arrivals.begun.begin();
  }

  /** No more connections come, for another has taken its place; resolves when the last one has closed. */
  retire(): Promise<void> {
    return this.#departure.begin();
  }

  /**
   * No more connections come, and it is over; resolves when the last one has closed. Sessions go on, silent ones too: a WebSocket may say
   * nothing for minutes, and only its two ends know when it is over. What bounds the wait is `hard-stop-after`.
   */
  drain(): Promise<void> {
    this.#draining = true;
    this.#drainingSince = this.#clock.now;
    for (const session of this.#sessions) session.hurry();
    return this.retire();
  }

  /** Closes everything at once. */
  close(): void {
    this.#draining = true;
    for (const session of this.#sessions) session.stop();
    for (const { link } of this.#arrivals) link.close();
    void this.#departure.begin();
  }

  /** Session tickets are made with this key (48 bytes) from now on. */
  renewTickets(key: Buffer): void {
    this.#handshakes?.renewTickets(key);
  }

  accept(link: Link, kind: AcceptAddress['kind']): void {
    this.#enter(link, kind, undefined, undefined);
  }

  /** `before`: it comes from another service, which has read `early` of it. */
  #enter(link: Link, kind: AcceptAddress['kind'], before: Arrival | undefined, early: Buffer | undefined): void {
    const entry = this.#places.enter(link);
    this.#log.counters.connections += 1;
    if (entry !== 'free') this.#notices.rejected += 1;
    if (entry === 'none') return link.close();
    const arrival = this.#arrivals.add(link, this.#clock.now, (closed) => this.#closed(closed));
    if (before !== undefined) {
      adopt(arrival, { tlvs: [], source: before.peer, destination: before.local });
      arrival.uniqueId = before.uniqueId;
      arrival.ja4 = before.ja4;
      arrival.requested = before.requested;
    }
    if (this.#outbound !== undefined) return this.#startPlain(arrival);
    if (early !== undefined) return this.#handshakes?.server(kind, 0).secure(link, early);
    const opening = openingNow(this.#opening, this.#challenges);
    if (opening !== undefined) return void this.#open(arrival, kind, opening);
    awaitFirstBytes(arrival, {
      came: (bytes) => this.#handshakes?.server(kind, 0).secure(link, bytes),
      failed: (error) => this.#turnAway(arrival, error),
    });
  }

  /** Reads what comes before the handshake, and finds out whose it is by the name that is requested. */
  async #open(arrival: Arrival, kind: AcceptAddress['kind'], settings: OpeningSettings): Promise<void> {
    const { link } = arrival;
    arrival.opening = true;
    try {
      const { header, hello, early } = await open(link, settings);
      arrival.opening = false;
      if (link.closed) return;
      if (header !== undefined) adopt(arrival, header);
      arrival.ja4 = fingerprintOf(hello, this.#service);
      arrival.unread = hello?.kind === 'other' && admitsByName(this.#service);
      arrival.failed = answersChallenge(this.#challenges, hello, link, early);
      if (arrival.failed) return this.#log.challenged(arrival);
      this.#direct(arrival, kind, hello?.kind === 'hello' ? hello : undefined, early);
    } catch (error) {
      arrival.opening = false;
      if (!link.closed) this.#turnAway(arrival, error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** `hello`: undefined when it was not read, or is something else. */
  #direct(arrival: Arrival, kind: AcceptAddress['kind'], hello: ClientHello | undefined, early: Buffer): void {
    const { link } = arrival;
    const handshakes = this.#handshakes;
    if (hello === undefined) return handshakes?.server(kind, 0).secure(link, early);
    arrival.requested = hello.serverName;
    const direction = directionOf(hello.serverName, handshakes, this.#secondaries);
    switch (direction.kind) {
      case 'handshake':
        return handshakes?.server(kind, direction.variant).secure(link, early);
      case 'several':
        return handshakes?.serverOf(kind, handshakes.chosen(direction.certificate, hello.offers)).secure(link, early);
      case 'refused':
        link.write(unrecognizedName);
        link.whenTaken(() => this.#turnAway(arrival, new Error(direction.why)));
        return;
      case 'other':
        this.#places.leave(link);
        arrival.ja4 = fingerprintOf(hello, direction.service.#service);
        direction.service.#enter(link, kind, arrival, early);
        this.#arrivals.leave(arrival);
        this.#departure.settle();
    }
  }

  #startPlain(arrival: Arrival): void {
    const { link } = arrival;
    arrival.secured = true;
    this.#places.secure(link);
    link.bulk = true;
    this.#start(arrival, measured(link), this.#nextOrder(), (server) =>
      this.#log.secured(describeTls(server as SecureLink)),
    );
  }

  acceptFailed(error: Error): void {
    this.#notices.acceptError = error;
  }

  readonly #secured: HandshakeParts['secured'] = (client, below, kind, variant) => {
    const arrival = this.#arrivals.find(below);
    // One that was reset before it was accepted has no address: its bytes would go to the server as ours.
    if (arrival === undefined || (kind === 'tcp' && arrival.peer.address === '')) return client.close();
    const deceit = deceived(client.facts.sni, arrival);
    if (deceit !== undefined) return this.#refuseName(client, arrival, deceit);
    arrival.secured = true;
    this.#places.secure(arrival.link);
    const { tls } = this.#service;
    const verification = tls === undefined ? undefined : verificationOf(tls, variant);
    if (verification?.request === true) void this.#admit(client, arrival, verification);
    else this.#startSecured(client, arrival, this.#nextOrder(), undefined);
  };

  /** After a HelloRetryRequest a client says all of it once more, and OpenSSL believes the second name. */
  #refuseName(client: SecureLink, arrival: Arrival, why: string): void {
    arrival.failed = true;
    this.#log.handshakeFailed(arrival, new Error(why));
    client.close();
  }

  /** Judges the certificate of a client, of which OpenSSL only says whether its chain is good. */
  async #admit(client: SecureLink, arrival: Arrival, verification: Verification): Promise<void> {
    const { refused, peer } = await admit(client.peerCertificate(), verification, this.#revocation);
    if (client.closed) return;
    if (refused === undefined) return this.#startSecured(client, arrival, this.#nextOrder(), peer);
    this.#log.peerRefused(arrival, refused, this.#redirect.length > 0);
    if (this.#redirect.length === 0) client.close();
    else this.#startSecured(client, arrival, this.#redirect, peer);
  }

  #startSecured(
    client: SecureLink,
    arrival: Arrival,
    candidates: readonly Candidate[],
    peer: PeerFacts | undefined,
  ): void {
    this.#log.secured(client.facts);
    this.#start(arrival, client, candidates, () => describeTls(client, this.#handshakes?.certificateOf(client), peer));
  }

  #nextOrder(): readonly Candidate[] {
    return this.#orders[this.#turn++ % this.#orders.length] ?? [];
  }

  #start(arrival: Arrival, client: SessionParts['client'], candidates: readonly Candidate[], describe: Describe): void {
    const session: Session = new Session({
      service: this.#service,
      client,
      arrival,
      outbound: this.#outbound,
      describe,
      clock: this.#clock,
      log: this.#log,
      candidates,
      onEnd: () => {
        this.#sessions.delete(session);
        this.#log.counters.open -= 1;
        this.#departure.settle();
      },
    });
    this.#log.counters.open += 1;
    this.#sessions.add(session);
    if (this.#draining) session.hurry();
    session.start();
    this.#arrivals.begin(arrival);
  }

  /** A handshake failed: OpenSSL has sent its alert. Plain HTTP gets an answer through the link below. */
  readonly #refused: HandshakeParts['refused'] = (error, below, unanswered, shown) => {
    const arrival = this.#arrivals.find(below);
    if (arrival === undefined) {
      // A refused certificate is reported when the connection has closed.
      const gone = { ...this.#arrivals.unnamed(), ...(below !== undefined && { peer: below.peer }) };
      const why = refusedCertificate(shown);
      if (why !== undefined || error.code !== 'ECONNRESET') this.#log.handshakeFailed(gone, error, why);
      return;
    }
    arrival.failed = true;
    this.#log.handshakeFailed(arrival, error, refusedCertificate(shown));
    // A client that had an answer in TLS does not want one in HTTP.
    if (!plainTextCodes.has(error.code) || !unanswered) return;
    arrival.link.write(plainHttpAnswer);
    arrival.link.end();
  };

  #closed(arrival: Arrival): void {
    this.#places.leave(arrival.link);
    if (!arrival.secured && !arrival.failed && arrival.peer.address !== '')
      this.#log.handshakeFailed(arrival, goneAway);
    this.#departure.settle();
  }

  #tick(now: number): void {
    for (const session of this.#sessions) session.expire(now);
    const slow = this.#arrivals.slow(now, this.#service.timeouts.busy);
    for (const arrival of slow) this.#turnAway(arrival, tooSlow);
    if (this.#draining && now - this.#drainingSince >= HANDSHAKES_WHILE_DRAINING)
      for (const { secured, link } of this.#arrivals) if (!secured) link.close();
    this.#notices.tell(this.#log, this.#places.limit);
  }

  #turnAway(arrival: Arrival, error: Error): void {
    arrival.failed = true;
    this.#log.handshakeFailed(arrival, error);
    arrival.link.close();
  }
}
