import type { Backend } from '../model/snapshot.ts';
import type { Chooser } from './balance.ts';
import { createChooser } from './balance.ts';
import type { ServerState, Taken, Waiter, Wish } from '../model/backend.ts';
import type { Entry } from './queue.ts';
import { isBefore, Queue } from './queue.ts';
import type { ServerRuntime } from './server.ts';
import type { WaitingDeps } from './waiting.ts';
import { Waiting } from './waiting.ts';

export interface DispatchDeps extends WaitingDeps {
  /** Uniform in [0, 1), for `balance random`. */
  random(): number;
}

/** Assigns servers of a backend to requests, at once or after waiting. It reads the states of the servers and never changes them. */
export class Dispatch {
  // What every request reads comes first: it lies side by side in memory.
  /** The one server that there is to choose, where it has no limit: then nothing has to be asked of the chooser, however it chooses. */
  #only: ServerRuntime | undefined = undefined;
  #limitsMove: boolean;
  #chooser: Chooser<ServerRuntime> | undefined;
  /** Waiters that accept any server. While one waits, no eligible server has a free slot. */
  readonly #queue = new Queue('backendQueue');
  #config: Backend;
  #servers: readonly ServerRuntime[];
  readonly #counters: { mostQueued: number };
  readonly #deps: DispatchDeps;
  readonly #waiting: Waiting;
  /** The inputs from which the chooser was built. */
  #shape = '';
  #expression: Backend['balance']['expression'] = undefined;
  readonly #serving = new Set<ServerRuntime>();
  #eligible: readonly ServerRuntime[] = [];

  constructor(
    config: Backend,
    servers: readonly ServerRuntime[],
    counters: { mostQueued: number },
    deps: DispatchDeps,
  ) {
    this.#config = config;
    this.#counters = counters;
    this.#servers = servers;
    this.#deps = deps;
    this.#waiting = new Waiting(queueTimeout(config), deps);
    this.#limitsMove = config.servers.some(({ minconn }) => minconn > 0);
    this.#rebuild();
  }

  /** Follows a new configuration. Waiters for a server that is no longer in `servers` are assigned another. */
  follow(config: Backend, servers: readonly ServerRuntime[]): void {
    const left = this.#servers.filter((server) => !servers.includes(server));
    this.#config = config;
    this.#servers = servers;
    this.#waiting.timeout = queueTimeout(config);
    this.#limitsMove = config.servers.some(({ minconn }) => minconn > 0);
    this.#rebuild();
    for (const server of left) {
      server.eligible = false;
      this.#redistribute(server);
    }
    this.refresh();
  }

  /** How many servers it balances over now. */
  get eligible(): number {
    return this.#eligible.length;
  }

  /** How many wait for any server. */
  get queued(): number {
    return this.#queue.length;
  }

  hasOther(than: readonly ServerState[]): boolean {
    return this.#eligible.some((server) => !than.includes(server));
  }

  take(waiter: Waiter, { avoid = [], prefer }: Wish = {}): Taken {
    const bound = this.#own(waiter.bound?.server);
    if (this.#chooser === undefined && bound === undefined) return 'no-server';
    // Entering may just have raised the dynamic limits: earlier waiters come first.
    if (this.#limitsMove) for (const server of this.#eligible) this.released(server);
    let server = bound ?? this.#preferred(prefer);
    if (server === undefined) {
      server = this.#choose(waiter, avoid);
      if (server !== avoid.at(-1)) server?.balanced();
    }
    if (server === undefined) {
      this.#waiting.add(waiter, this.#queue);
      if (this.#queue.length > this.#counters.mostQueued) this.#counters.mostQueued = this.#queue.length;
      return 'queued';
    }
    if (!server.full) {
      server.occupy();
      return server;
    }
    const { maxqueue } = server.config;
    if (maxqueue > 0 && server.queued >= maxqueue) return 'queue-full';
    this.#waiting.add(waiter, server.queue);
    if (server.queued > server.counters.mostQueued) server.counters.mostQueued = server.queued;
    return 'queued';
  }

  #own(wanted: ServerState | undefined): ServerRuntime | undefined {
    return wanted === undefined ? undefined : this.#servers.find((server) => server === wanted);
  }

  #preferred(wanted: ServerState | undefined): ServerRuntime | undefined {
    const server = this.#own(wanted);
    return server?.usable === true ? server : undefined;
  }

  /** An algorithm can avoid one server only. If it chooses another of those to avoid, take the least loaded of the rest. */
  #choose({ facts, on }: Waiter, avoid: readonly ServerState[]): ServerRuntime | undefined {
    if (this.#only !== undefined) return this.#only;
    const chosen = this.#chooser?.choose(facts, avoid.at(-1), on);
    if (chosen === undefined || !avoid.includes(chosen)) return chosen;
    let least: ServerRuntime | undefined;
    for (const server of this.#eligible)
      if (!avoid.includes(server) && (least === undefined || server.current < least.current)) least = server;
    return least ?? chosen;
  }

  forget(waiter: Waiter): void {
    this.#waiting.remove(waiter);
  }

  /** A slot of this server became free. */
  released(server: ServerRuntime): void {
    if (server.queued > 0 || this.#queue.length > 0) this.#serve(server);
  }

  /** States or weights have changed: rebuilds the chooser and moves waiters accordingly. */
  refresh(): void {
    this.#rebuild();
    for (const server of this.#servers) if (!server.usable) this.#redistribute(server);
    for (const server of this.#servers) this.#serve(server);
  }

  /** Backups serve only while no other server can: the first of them, or all with `option allbackups`. */
  #rebuild(): void {
    const usable = this.#servers.filter((server) => server.usable && server.weight > 0);
    const active = usable.filter((server) => !server.config.backup);
    const backups = this.#config.allBackups ? usable : usable.slice(0, 1);
    const eligible = active.length > 0 ? active : backups;
    for (const server of this.#servers) {
      const was = server.eligible;
      server.eligible = eligible.includes(server);
      if (server.eligible && !was) server.changed();
    }
    const { expression } = this.#config.balance;
    const shape = JSON.stringify([
      this.#config.balance,
      eligible.map(({ id, ringKey, share }) => [id, share, ringKey]),
    ]);
    const same = eligible.length === this.#eligible.length && eligible.every((one, at) => one === this.#eligible[at]);
    this.#eligible = eligible;
    const [only] = eligible;
    this.#only = eligible.length === 1 && only?.config.maxconn === 0 ? only : undefined;
    // Keep an unchanged chooser: rebuilt at every reload, it would favour its first server.
    if (same && shape === this.#shape && expression === this.#expression) return;
    this.#shape = shape;
    this.#expression = expression;
    this.#chooser = createChooser(this.#config.balance, this.#eligible, () => this.#deps.random());
  }

  /** Gives free slots to waiters, oldest first. A waiter may release its slot at once, which re-enters this function. */
  #serve(server: ServerRuntime): void {
    if (this.#serving.has(server)) return;
    this.#serving.add(server);
    try {
      while (server.hasSlot) {
        const entry = this.#oldest(server);
        if (entry === undefined) break;
        const { queue } = entry;
        this.#waiting.remove(entry.waiter);
        if (queue !== undefined) queue.served++;
        server.occupy();
        entry.waiter.granted(server);
      }
    } finally {
      this.#serving.delete(server);
    }
  }

  #oldest(server: ServerRuntime): Entry | undefined {
    const own = server.queue.head;
    const any = server.eligible ? this.#queue.head : undefined;
    if (own === undefined || any === undefined) return own ?? any;
    return isBefore(own, any) ? own : any;
  }

  /**
   * Moves the waiters of a server that is no longer usable. Each is assigned a server again, and keeps its deadline; one that
   * is bound to this server stays while it may still go there. Those in the backend's own queue stay: as in HAProxy, a server
   * that returns in time still gets them.
   */
  #redistribute(gone: ServerRuntime): void {
    const entries = [...gone.queue];
    for (const entry of entries) {
      const { waiter } = entry;
      // Moving one may have ended another.
      if (entry.queue !== gone.queue || this.#staysWith(gone, waiter)) continue;
      waiter.bound = undefined;
      const server = this.#chooser?.choose(waiter.facts, undefined, waiter.on);
      if (this.#chooser === undefined) {
        this.#waiting.remove(waiter);
        waiter.refused('no-server');
      } else if (server === undefined) {
        gone.queue.remove(entry);
        this.#queue.push(entry);
      } else {
        server.balanced();
        gone.queue.remove(entry);
        server.queue.push(entry);
        this.#serve(server);
      }
    }
  }

  #staysWith(gone: ServerRuntime, { bound }: Waiter): boolean {
    if (bound?.server !== gone || gone.dropped) return false;
    return !gone.stopped || bound.forced || this.#config.persistDown;
  }
}

/** How long a request may wait for a server, in milliseconds; 0: indefinitely. */
function queueTimeout({ timeouts }: Backend): number {
  return timeouts.queue || timeouts.connect;
}
