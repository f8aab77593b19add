import type { Server } from '../model/snapshot.ts';
import type { Candidate } from './balance/algorithm.ts';
import type { Administrative, BackendState, CheckResult, Operational, ServerState } from '../model/backend.ts';
import type { ServerCounters } from '../model/counters.ts';
import { Queue } from './queue.ts';
import { initialHealth, operationalAt } from './server-state.ts';

/** The backend of a server, as far as the server needs it. */
export interface Owner extends BackendState {
  /** The backend is no longer configured. */
  readonly retired: boolean;
  released(server: ServerRuntime): void;
}

/** The run-time state of one server. Only its backend changes it. */
export class ServerRuntime implements ServerState, Candidate {
  readonly key: string;
  config: Server;
  readonly backend: Owner;
  readonly queue = new Queue();
  readonly counters: ServerCounters;
  administrative: Administrative;
  health: number;
  weight: number;
  current = 0;
  /** In rotation: usable, with a weight, and not an idle backup. */
  eligible = false;
  lastCheck: CheckResult | undefined;
  /** It answered a check with the wish to be left alone (`http-check disable-on-404`): clients that are bound to it still come. */
  leaving = false;
  /** Removed from its backend by a reload, or moved to another address. */
  dropped = false;

  constructor(config: Server, backend: Owner, counters: ServerCounters) {
    this.counters = counters;
    this.key = `${backend.config.name}/${config.name}`;
    this.config = config;
    this.backend = backend;
    this.administrative = config.disabled ? 'maint' : 'ready';
    this.health = config.check === undefined ? 0 : initialHealth(config.check);
    this.weight = config.weight;
  }

  get id(): number {
    return this.config.id;
  }

  /** A server without checks is always up. */
  get operational(): Operational {
    const { check } = this.config;
    return check === undefined ? 'up' : operationalAt(this.health, check);
  }

  /** Neither down nor in maintenance: a server that drains still runs. */
  get running(): boolean {
    return this.administrative !== 'maint' && this.operational === 'up';
  }

  get usable(): boolean {
    return !this.dropped && this.administrative === 'ready' && !this.leaving && this.operational === 'up';
  }

  get stopped(): boolean {
    return this.dropped || this.administrative === 'maint' || this.operational === 'down';
  }

  get retired(): boolean {
    return this.dropped || this.backend.retired;
  }

  get queued(): number {
    return this.queue.length;
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
    const { maxconn, minconn } = this.config;
    const { fullconn } = this.backend.config;
    const load = this.backend.current;
    if (minconn === 0 || load >= fullconn) return maxconn;
    return Math.max(minconn, Math.floor((maxconn * load) / fullconn));
  }

  occupy(): void {
    this.current++;
    this.counters.balanced++;
    this.backend.counters.balanced++;
  }

  release(): void {
    this.current--;
    this.backend.released(this);
  }
}
