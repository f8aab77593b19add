import { chownSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { addressText } from '@headgate/shared/net/endpoint';
import type { Link } from '@headgate/shared/net/link';
import { Acceptor, bindsPath } from '@headgate/shared/net/transport';
import { removeDeadSocket } from '@headgate/shared/process/dead-socket';
import type { Bind, BindAddress } from '../model/snapshot.ts';
import type { BindCounters } from '../model/counters.ts';
import type { Engine } from '../engine/contract.ts';
import type { ConnectionFacts, Door } from '../model/facts.ts';
import { judgeConnection } from '../rules/evaluate.ts';
import { localDate } from '../sample/date.ts';
import type { Pace } from './arrival-rate.ts';
import { Arrival } from './arrival.ts';
import { ConnectionLimit, type Limit } from './connection-limit.ts';
import { readProxyHeader } from './proxy-header.ts';

/** How connections to an address are handled: the compiled form of its bind. */
export interface Service {
  readonly bind: Bind;
  /** Of the bind's frontend; rules read the frontend in the engine's context. */
  readonly engine: Engine;
  /** Limits that apply together: process, frontend and bind. */
  readonly limits: readonly Limit[];
  /** Limits of new connections per second that apply together: process and frontend. */
  readonly paces: readonly Pace[];
  /** Counters of this bind; absent without `option socket-stats`. */
  readonly socket: BindCounters | undefined;
  /** Client connections on the bind now. */
  readonly open: Limit;
  readonly door: Door;
}

/**
 * One bound address: accepts, applies `tcp-request connection` rules and PROXY headers, and hands each connection to an engine.
 * The sockets stay open as long as a configuration has the address; the handling of their connections can change.
 */
export class Listener {
  /** The address as it was bound. */
  readonly bind: Bind;
  /** See `addressKey`. */
  readonly #key: string;
  readonly #acceptor: Acceptor;
  readonly #limit: ConnectionLimit;
  readonly #places: Limit;
  #service: Service | undefined;
  /** Connections not yet handed to an engine: waiting for a place, for a PROXY header, or for the service to start. */
  readonly #early = new Set<Link>();
  #name = '';
  #drained = false;

  /** `places` limits waiting connections. `freed` is called when a connection has returned its places. */
  constructor(
    bind: Bind,
    key: string,
    places: Limit,
    freed: () => void,
    report: (severity: 'err', message: string) => void,
  ) {
    this.bind = bind;
    this.#key = key;
    this.#places = places;
    this.#limit = new ConnectionLimit(places, freed);
    this.#acceptor = new Acceptor(
      { noDelay: true, shards: bind.shards, lending: true },
      (link) => this.#accept(link),
      // Out of file descriptors, for example: log it for the operator.
      (error) => report('err', `${this.#service?.engine.context.config.name ?? this.#name}: ${error.message}`),
    );
  }

  /** The address for display, with the port chosen by the system where none is configured. */
  get name(): string {
    return this.#name;
  }

  /** It has stopped accepting, and none of its connections is waiting any more. */
  get gone(): boolean {
    return this.#drained && this.#early.size === 0;
  }

  /** Binds. Its connections wait for the first service. Rejects with the system's error. */
  async listen(): Promise<void> {
    const { address, backlog } = this.bind;
    if (address.kind === 'unix') {
      const { path, mode, uid, gid } = address;
      // Of a worker it is the primary's, and of a successor its predecessor's, and lives.
      const binds = bindsPath(path);
      if (binds) await removeDeadSocket(path);
      await this.#acceptor.listen({ path, mode, backlog });
      if (binds && (uid !== undefined || gid !== undefined)) chownSync(path, uid ?? -1, gid ?? -1);
      this.#name = address.path;
      return;
    }
    const host = hostOf(address);
    const { port: wanted, v6only: ipv6Only } = address;
    const bound = await this.#acceptor.listen({ host, port: wanted, ipv6Only, backlog, name: this.#key });
    const port = typeof bound === 'object' && bound !== null ? bound.port : address.port;
    this.#name = addressText(host, port);
  }

  /** Sets the handling of new connections, including those that wait for a place. */
  follow(service: Service): void {
    const first = this.#service === undefined;
    this.#service = service;
    this.#limit.limits = service.limits;
    this.#limit.paces = service.paces;
    const { keepAlive } = service.engine.context.config;
    this.#acceptor.keepAlive = keepAlive !== undefined;
    this.#acceptor.keepAliveAfter = keepAlive?.after ?? 0;
    if (first) for (const link of this.#early) this.#admit(link);
  }

  /** Admits as many as there are free places. */
  next(): void {
    this.#limit.next();
  }

  /**
   * Serves connections that are already established, then stops accepting; existing and waiting connections continue. `handedOver`: another
   * process has the sockets too, and accepts what waits in their queues.
   */
  async drain(handedOver = false): Promise<void> {
    if (handedOver) this.#acceptor.close();
    else await this.#acceptor.drain();
    this.#drained = true;
  }

  /** Stops accepting, and closes connections that are not served yet. */
  stop(): void {
    this.#drained = true;
    this.#acceptor.close();
    this.#limit.close();
    for (const link of this.#early) link.close();
  }

  #accept(link: Link): void {
    if (this.#service === undefined && this.#early.size >= this.#places.max) return link.close();
    this.#early.add(link);
    link.whenClosed = () => {
      this.#early.delete(link);
      this.#limit.leave(link);
    };
    if (this.#service !== undefined) this.#admit(link);
  }

  #admit(link: Link): void {
    this.#limit.admit(link, () => this.#start(link));
  }

  #start(link: Link): void {
    const service = this.#service;
    if (service === undefined) return;
    const { bind, engine, socket: counted, door } = service;
    const { counters, process, counts } = engine.context;
    const now = performance.now();
    counters.connections += 1;
    counters.connectionRate.add(now);
    process.connections += 1;
    process.connectionRate.add(now);
    if (counts.frontend.value > counters.mostSessions) counters.mostSessions = counts.frontend.value;
    const { peer, local } = link;
    const arrival = new Arrival(engine.context, link);
    const facts: ConnectionFacts = {
      peer,
      local,
      client: peer,
      destination: local,
      proxied: false,
      tls: undefined,
      socket: counted,
      door,
    };
    if (!bind.terminated) return this.#judge(service, arrival, link, facts, NOTHING);
    const known = (told: ConnectionFacts, rest: Buffer): void =>
      this.#judge(service, arrival, link, itself(told, bind.acceptProxy), rest);
    readProxyHeader(link, facts, known, (reason, empty) => refuse(service, link, reason, empty));
  }

  /** The connection rules decide whether it is accepted, and whether a PROXY header comes first. `head` has arrived already. */
  #judge(service: Service, arrival: Arrival, link: Link, facts: ConnectionFacts, head: Buffer): void {
    const { bind, engine, socket: counted } = service;
    const { config, counters } = engine.context;
    const { connectionRules } = config;
    const verdict =
      connectionRules.length === 0 ? 'accept' : judgeConnection(connectionRules, arrival.on(facts, 'connection'));
    if (verdict === 'reject') {
      counters.deniedConnections += 1;
      if (counted !== undefined) counted.deniedConnections += 1;
      return link.reset();
    }
    const arrived = (known: ConnectionFacts, rest: Buffer): void => this.#arrived(service, arrival, link, known, rest);
    const known = arrival.facts ?? facts;
    if (bind.terminated || (verdict !== 'expect-proxy' && !bind.acceptProxy)) return arrived(known, head);
    readProxyHeader(link, known, arrived, (reason, empty) => refuse(service, link, reason, empty));
  }

  /** The client is known: the session rules decide whether it is served. */
  #arrived(service: Service, arrival: Arrival, link: Link, facts: ConnectionFacts, head: Buffer): void {
    const { sessionRules } = service.engine.context.config;
    if (sessionRules.length > 0 && judgeConnection(sessionRules, arrival.on(facts, 'session')) === 'reject')
      return link.close();
    this.#serve(service, link, arrival.accepted(sessionRules.length > 0 ? (arrival.facts ?? facts) : facts), head);
  }

  #serve({ engine, socket: counted, open }: Service, link: Link, facts: ConnectionFacts, head: Buffer): void {
    this.#early.delete(link);
    if (link.closed) return;
    const { counters, process } = engine.context;
    const now = performance.now();
    counters.sessions += 1;
    counters.sessionRate.add(now);
    process.sessionRate.add(now);
    if (counted !== undefined) {
      counted.sessions += 1;
      if (open.value > counted.mostSessions) counted.mostSessions = open.value;
    }
    engine.serve(link, facts, head);
  }
}

const NOTHING = Buffer.alloc(0);

/** A connection that a terminator took over: what its header says is true of the connection itself. */
function itself(told: ConnectionFacts, acceptsProxy: boolean): ConnectionFacts {
  return {
    ...told,
    peer: told.client,
    local: told.destination,
    proxied: acceptsProxy,
    authority: undefined,
    terminated: true,
  };
}

/** The identity of an address across configurations. A port chosen by the system is identified by its position in the file. */
export function addressKey(frontend: string, { address, name }: Bind): string {
  if (address.kind === 'unix') return `unix ${address.path}`;
  const own = address.port === 0 ? ` of ${frontend}/${name}` : '';
  return `${address.v6only ? 'v6only ' : ''}${addressText(hostOf(address), address.port)}${own}`;
}

function hostOf({ host }: Extract<BindAddress, { kind: 'tcp' }>): string {
  return host === '' || host === '*' ? '0.0.0.0' : host;
}

function refuse({ bind, engine }: Service, link: Link, reason: string, empty: boolean): void {
  const { context } = engine;
  const { config } = context;
  const { address, port } = link.peer;
  if (!(empty && config.dontLogNull))
    context.event('info', `${address}:${port} [${localDate(Date.now())}] ${config.name}/${bind.name}: ${reason}`);
  link.reset();
}
