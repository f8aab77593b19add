import type { Link, LinkError, SecureLink, TlsServer } from '@headgate/shared/net/link';
import { createTlsServer } from '@headgate/shared/net/secure-transport';
import type { AcceptAddress, Service } from '../model/snapshot.ts';
import { Arrivals } from './arrivals.ts';
import type { Arrival, Numbers } from './arrivals.ts';
import { candidateOrders } from './candidates.ts';
import type { Candidate } from './candidates.ts';
import { Clock, tickInterval } from '@headgate/shared/time/clock';
import type { ServiceCounters } from '../model/counters.ts';
import type { Receiver } from './listener.ts';
import { Places } from './places.ts';
import { plainHttpAnswer, plainTextCodes } from './plain-http.ts';
import { Session } from './session.ts';
import { SessionLog } from './session-log.ts';
import type { SelectiveLogger } from './session-log.ts';

/** How long a stop waits for handshakes that are under way, in milliseconds. */
const handshakesWhileDraining = 2000;

/** The longest delay a timer takes, almost 25 days: what `TIMEOUTbusy = 0` comes to. */
const never = 2 ** 31 - 1;

/** What a service keeps when its configuration changes. */
export interface Lasting {
  /** Its places, among those of the process. */
  readonly places: Places;
  /** Counts its connections. */
  readonly numbers: Numbers;
  readonly counters: ServiceCounters;
}

/** One service under one configuration: does the handshakes, and gives each connection its session. */
export class RunningService implements Receiver {
  readonly #service: Service;
  readonly #log: SessionLog;
  readonly #places: Places;
  readonly #clock: Clock;
  readonly #arrivals: Arrivals;
  readonly #handshakes = new Map<AcceptAddress['kind'], TlsServer>();
  readonly #sessions = new Set<Session>();
  readonly #drained = Promise.withResolvers<void>();
  readonly #orders: readonly (readonly Candidate[])[];
  /** Sessions so far. */
  #turn = 0;
  /** Told at the next tick, so that a flood of connections is not a flood of lines. */
  #rejected = 0;
  #acceptError: Error | undefined;
  /** No more connections come. */
  #leaving = false;
  #draining = false;
  #drainingSince = 0;

  /** Throws when OpenSSL does not take the certificate or the options. */
  constructor(service: Service, logger: SelectiveLogger, { places, numbers, counters }: Lasting) {
    this.#service = service;
    this.#log = new SessionLog(logger, service.name, counters);
    this.#places = places;
    this.#arrivals = new Arrivals(numbers);
    for (const { kind } of service.accepts) this.#handshakes.set(kind, this.#serverOf(kind));
    const { connect, idle, close } = service.timeouts;
    this.#clock = new Clock(tickInterval([connect, idle, close]), (now) => this.#tick(now));
    this.#clock.start({ background: true });
    this.#orders = candidateOrders(service);
  }

  get sockets(): Service['sockets'] {
    return this.#service.sockets;
  }

  /** No more connections come, for another has taken its place; resolves when the last one has closed. */
  retire(): Promise<void> {
    this.#leaving = true;
    this.#settle();
    return this.#drained.promise;
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
    this.#leaving = true;
    for (const session of this.#sessions) session.stop();
    for (const { link } of this.#arrivals) link.close();
    this.#settle();
  }

  /** Does the handshakes of the connections to one kind of address. */
  #serverOf(kind: AcceptAddress['kind']): TlsServer {
    const { tls, timeouts } = this.#service;
    return createTlsServer(
      { ...tls.secureContext, handshakeTimeout: timeouts.busy || never },
      {
        secured: (client, below) => this.#secured(client, below, kind),
        refused: (error, below, unanswered) => this.#refused(error, below, unanswered),
      },
    );
  }

  accept(link: Link, kind: AcceptAddress['kind']): void {
    const entry = this.#places.enter(link);
    this.#log.counters.connections += 1;
    if (entry !== 'free') this.#rejected += 1;
    if (entry === 'none') return link.close();
    this.#arrivals.add(link, (arrival) => this.#closed(arrival));
    // Whose handshake is over cannot be told on a unix socket.
    if (kind === 'unix') this.#places.secure(link);
    this.#handshakes.get(kind)?.secure(link);
  }

  acceptFailed(error: Error): void {
    this.#acceptError = error;
  }

  #secured(client: SecureLink, below: Link | undefined, kind: AcceptAddress['kind']): void {
    const found = this.#arrivals.find(below);
    if (found !== undefined) {
      found.secured = true;
      this.#places.secure(found.link);
    } else if (kind === 'tcp') {
      // It was reset in the meantime and has no address any more: its bytes would go to the server as ours.
      return client.close();
    }
    const arrival = found ?? this.#arrivals.unnamed();
    const session: Session = new Session({
      service: this.#service,
      client,
      arrival,
      clock: this.#clock,
      log: this.#log,
      candidates: this.#orders[this.#turn++ % this.#orders.length] ?? [],
      onEnd: () => {
        this.#sessions.delete(session);
        this.#log.counters.open -= 1;
        this.#settle();
      },
    });
    this.#log.secured(client.facts);
    this.#sessions.add(session);
    if (this.#draining) session.hurry();
    session.start();
  }

  /** A handshake failed: OpenSSL has sent its alert. Plain HTTP gets an answer through the link below. */
  #refused(error: LinkError, below: Link | undefined, unanswered: boolean): void {
    const arrival = this.#arrivals.find(below);
    if (arrival === undefined) {
      if (error.code !== 'ECONNRESET') this.#log.handshakeFailed(this.#arrivals.unnamed(), error);
      return;
    }
    arrival.failed = true;
    this.#log.handshakeFailed(arrival, error);
    // Whoever had an answer in TLS does not want one in HTTP.
    if (!plainTextCodes.has(error.code) || !unanswered) return;
    arrival.link.write(plainHttpAnswer);
    arrival.link.end();
  }

  #closed(arrival: Arrival): void {
    this.#places.leave(arrival.link);
    if (!arrival.secured && !arrival.failed && arrival.peer.address !== '')
      this.#log.handshakeFailed(arrival, goneAway);
    this.#settle();
  }

  #tick(now: number): void {
    for (const session of this.#sessions) session.expire(now);
    if (this.#draining && now - this.#drainingSince >= handshakesWhileDraining) this.#dropHandshakes();
    if (this.#rejected > 0) {
      this.#log.tooMany(this.#places.limit, this.#rejected);
      this.#rejected = 0;
    }
    if (this.#acceptError !== undefined) {
      this.#log.acceptFailed(this.#acceptError);
      this.#acceptError = undefined;
    }
  }

  #dropHandshakes(): void {
    for (const { secured, peer, link } of this.#arrivals) if (!secured && peer.address !== '') link.close();
  }

  #settle(): void {
    if (!this.#leaving || this.#arrivals.size > 0 || this.#sessions.size > 0) return;
    this.#clock.stop();
    this.#drained.resolve();
  }
}

const goneAway = Object.assign(new Error('the client closed the connection'), { code: 'ECONNRESET' });
