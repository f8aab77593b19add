import type { Server } from '../model/snapshot.ts';
import type { Candidate } from './balance/algorithm.ts';
import {
  type Administrative,
  type BackendState,
  type CheckResult,
  type Operational,
  type ServerState,
  type Session,
  SIXTEENTHS,
} from '../model/backend.ts';
import type { ServerCounters } from '../model/counters.ts';
import { placed, type Place } from './place.ts';
import { ringKeyOf } from './ring-key.ts';
import { Queue } from './queue.ts';
import { initialHealth, operationalAt } from './server-state.ts';

/** The backend of a server, as far as the server needs it. */
export interface Owner extends BackendState {
  /** The backend is no longer configured. */
  readonly retired: boolean;
  released(server: ServerRuntime): void;
  /** Milliseconds, never going back. */
  now(): number;
}

/** Changes of the load of any server so far. */
let changes = 0;

/** The run-time state of one server. Only its backend changes it. */
export class ServerRuntime implements ServerState, Candidate {
  // What every request reads comes first: it lies side by side in memory.
  /** Its settings, with the address that its name has now. */
  config: Server;
  current = 0;
  lastChange = 0;
  readonly backend: Owner;
  readonly counters: ServerCounters;
  near: object | undefined = undefined;
  readonly queue = new Queue('serverQueue');
  /** Waiting in other processes, which only the primary of workers knows. */
  #elsewhere = 0;
  readonly key: string;
  #written: Server;
  /** What its name stands for now; undefined: nothing, or its address is written. */
  place: Place | undefined = undefined;
  administrative: Administrative;
  health: number;
  weight: number;
  /** In rotation: usable, with a weight, and not an idle backup. */
  eligible = false;
  lastCheck: CheckResult | undefined;
  /** It answered a check with the wish to be left alone (`http-check disable-on-404`): clients that are bound to it still come. */
  leaving = false;
  agentDown = false;
  lastAgent: CheckResult | undefined;
  #limited: number | undefined;
  ringKey: number | undefined;
  readonly sessions = new Set<Session>();
  tracked: ServerRuntime | undefined = undefined;
  /** When it came up and began to warm up (`slowstart`), in the backend's milliseconds. */
  warmingSince: number | undefined = undefined;
  /** Errors of its traffic in a row (`observe`). */
  errors = 0;
  /** `stopped` as of the last change that was acted on. */
  wasStopped = false;
  /** Removed from its backend by a reload, or moved to another address. */
  dropped = false;

  constructor(config: Server, backend: Owner, counters: ServerCounters) {
    this.counters = counters;
    this.key = `${backend.config.name}/${config.name}`;
    this.#written = config;
    this.config = placed(config, undefined);
    this.ringKey = ringKeyOf(this.config);
    this.backend = backend;
    this.administrative = config.disabled ? 'maint' : 'ready';
    this.health = config.check === undefined ? 0 : initialHealth(config.check);
    this.weight = config.weight;
  }

  get id(): number {
    return this.config.id;
  }

  /** Its settings as the configuration has them. */
  get written(): Server {
    return this.#written;
  }

  configure(written: Server): void {
    this.#written = written;
    this.#settle();
  }

  settle(place: Place | undefined): void {
    this.place = place;
    this.#settle();
  }

  /** What its agent has made of `maxconn`; undefined: nothing. */
  get limited(): number | undefined {
    return this.#limited;
  }

  set limited(maxconn: number | undefined) {
    if (this.#limited === maxconn) return;
    this.#limited = maxconn;
    this.#settle();
  }

  #settle(): void {
    const config = placed(this.#written, this.place);
    this.config = this.#limited === undefined ? config : { ...config, maxconn: this.#limited };
    this.ringKey = ringKeyOf(config);
  }

  get unresolved(): boolean {
    return this.#written.names !== undefined && this.place?.host === undefined;
  }

  /** The name that is looked up for it; of a server from an SRV record the one the record gives. */
  get name(): string | undefined {
    const { names } = this.#written;
    return this.place?.name ?? (names?.service === true ? undefined : names?.name);
  }

  /** A server without checks is always up, while its name has an address. */
  get operational(): Operational {
    const { check } = this.config;
    if (this.unresolved || this.agentDown) return 'down';
    if (this.tracked !== undefined) return this.tracked.stopped ? 'down' : 'up';
    return check === undefined ? 'up' : operationalAt(this.health, check);
  }

  /** Neither down nor in maintenance: a server that drains still runs. */
  get running(): boolean {
    return this.administrative !== 'maint' && this.operational === 'up';
  }

  get usable(): boolean {
    if (this.dropped || this.administrative !== 'ready' || this.leaving || this.operational !== 'up') return false;
    return this.tracked === undefined || (this.tracked.administrative !== 'drain' && !this.tracked.leaving);
  }

  get stopped(): boolean {
    return this.dropped || this.administrative === 'maint' || this.operational === 'down';
  }

  get share(): number {
    const warmth = this.#warmth();
    return warmth === undefined ? this.weight * SIXTEENTHS : this.weight * Math.floor(SIXTEENTHS * warmth + 1);
  }

  get warming(): boolean {
    return this.#warmth() !== undefined;
  }

  /** How much of its slow start is over, from 0 up to 1; undefined when all is. HAProxy counts whole seconds. */
  #warmth(): number | undefined {
    if (this.warmingSince === undefined) return undefined;
    const whole = Math.ceil(this.config.slowstart / 1000);
    const passed = Math.floor((this.backend.now() - this.warmingSince) / 1000);
    return passed >= whole ? undefined : passed / whole;
  }

  get retired(): boolean {
    return this.dropped || this.backend.retired;
  }

  get queued(): number {
    return this.queue.length + this.#elsewhere;
  }

  /** In a primary: what its workers have open at this server, and what waits for it. */
  show(current: number, queued: number): void {
    this.current = current;
    this.#elsewhere = queued;
  }

  get load(): number {
    return this.current + this.queue.length;
  }

  get hasSlot(): boolean {
    return this.config.maxconn === 0 || this.current < this.limit;
  }

  /** Waiters of this server come before new requests. */
  get full(): boolean {
    return this.config.maxconn > 0 && (this.queue.length > 0 || this.current >= this.limit);
  }

  /**
   * Slots now: `maxconn`, or with `minconn` a part of it that grows with the backend's own load
   * and reaches `maxconn` at `fullconn`.
   */
  get limit(): number {
    const limit = this.#loadedLimit();
    const warmth = this.#warmth();
    return warmth === undefined ? limit : Math.max(1, Math.floor((limit * Math.floor(100 * warmth)) / 100));
  }

  #loadedLimit(): number {
    const { maxconn, minconn } = this.config;
    const { fullconn } = this.backend.config;
    const load = this.backend.current;
    if (minconn === 0 || load >= fullconn) return maxconn;
    return Math.max(minconn, Math.floor((maxconn * load) / fullconn));
  }

  occupy(): void {
    this.current++;
    this.changed();
  }

  /** `balance` has chosen it: not a cookie, not a queue of the backend that it takes a request from. */
  balanced(): void {
    this.counters.balanced++;
    this.backend.counters.balanced++;
  }

  /** Its load is another, or it counts among the others again. */
  changed(): void {
    this.lastChange = changes += 1;
  }

  release(): void {
    this.current--;
    this.changed();
    this.backend.released(this);
  }
}
