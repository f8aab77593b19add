import type { Severity } from '@headgate/shared/log/logger';
import type { Backend } from '../config/snapshot.ts';
import { createChooser } from './balance.ts';
import type { Chooser } from './balance/algorithm.ts';
import type { Administrative, BackendState, CheckResult, ServerControl, ServerState, Taken, Waiter } from './contract.ts';
import type { Entry } from './queue.ts';
import { Queue } from './queue.ts';
import { cameUp, healthCheckLine, newProgress, reason, serverName, wentDown } from './report.ts';
import type { Situation } from './report.ts';
import type { SavedServer } from './saved.ts';
import { restoreServer, saveServer } from './saved.ts';
import { initialHealth, nextHealth } from './server-state.ts';
import type { Owner } from './server.ts';
import { ServerRuntime } from './server.ts';
import { Waiting } from './waiting.ts';

/** The world a backend lives in. */
export interface BackendDeps {
  /** Milliseconds, never going back. */
  now(): number;
  after(ms: number, fn: () => void): { cancel(): void };
  /** Uniform in [0, 1), for `balance random`. */
  random(): number;
  /** One line for the log of the backend. */
  report(severity: Severity, message: string): void;
}

export interface BackendRuntime extends BackendState, ServerControl {
  readonly servers: readonly ServerRuntime[];
  /** Changes a server's weight, 0..256; 0 takes balanced traffic away. */
  weigh(server: ServerState, weight: number): void;
  /** The states of its servers, for the backend of the same name after a reload or in another process. */
  save(): readonly SavedServer[];
  /** Puts the servers it knows in these states, without a word in the log. */
  restore(saved: readonly SavedServer[]): void;
  /** Calls back after each change of a server's state or weight, until the returned function is called. */
  watch(listener: (server: ServerRuntime) => void): () => void;
}

/** A backend in its first state: every server that is not disabled is up, until a check says otherwise. */
export function createBackend(config: Backend, deps: BackendDeps): BackendRuntime {
  return new RunningBackend(config, deps);
}

class RunningBackend implements BackendRuntime, Owner {
  readonly config: Backend;
  readonly servers: readonly ServerRuntime[];
  current = 0;
  readonly #deps: BackendDeps;
  /** Those whom any server will do for. While one waits, no eligible server has a free slot. */
  readonly #queue = new Queue();
  readonly #waiting: Waiting;
  readonly #listeners = new Set<(server: ServerRuntime) => void>();
  readonly #limitsMove: boolean;
  readonly #serving = new Set<ServerRuntime>();
  #chooser: Chooser<ServerRuntime> | undefined;
  #eligible: readonly ServerRuntime[] = [];

  constructor(config: Backend, deps: BackendDeps) {
    this.config = config;
    this.#deps = deps;
    this.#waiting = new Waiting(config.timeouts.queue || config.timeouts.connect, deps);
    this.#limitsMove = config.servers.some(({ minconn }) => minconn > 0);
    this.servers = config.servers.map((server, index) => new ServerRuntime(server, index + 1, this));
    this.#rebuild();
  }

  get usableServers(): number {
    return this.#eligible.length;
  }

  enter(): void {
    this.current++;
  }

  exit(): void {
    this.current--;
  }

  take(waiter: Waiter, avoid?: ServerState): Taken {
    if (this.#chooser === undefined) return 'no-server';
    // Entering may just have raised the limits: those who wait come first.
    if (this.#limitsMove && this.#queue.length > 0) for (const server of this.#eligible) this.#serve(server);
    const server = this.#chooser.choose(waiter.facts, avoid);
    if (server === undefined) {
      this.#waiting.add(waiter, this.#queue);
      waiter.backendQueue += this.#queue.length;
      return 'queued';
    }
    if (!server.full) {
      server.occupy();
      return server;
    }
    const { maxqueue } = server.config;
    if (maxqueue > 0 && server.queued >= maxqueue) return 'queue-full';
    this.#waiting.add(waiter, server.queue);
    waiter.serverQueue += server.queued;
    return 'queued';
  }

  forget(waiter: Waiter): void {
    this.#waiting.remove(waiter);
  }

  released(server: ServerRuntime): void {
    if (server.queued > 0 || this.#queue.length > 0) this.#serve(server);
  }

  checked(state: ServerState, result: CheckResult): void {
    const server = this.#own(state);
    const check = server?.config.check;
    if (server === undefined || check === undefined || server.administrative === 'maint') return;
    const { health, operational } = server;
    server.health = nextHealth(health, result.passed, check);
    const progress = this.config.logHealthChecks ? newProgress(server, health, result) : undefined;
    server.lastCheck = result;
    if (progress !== undefined) this.#deps.report('notice', healthCheckLine(server, result, progress));
    if (server.operational === operational) return;
    // With log-health-checks the line above has just said why.
    const why = progress === undefined ? `, ${reason(result)}` : '';
    if (server.operational === 'up') {
      this.#change(server, 'notice', (situation) => cameUp(server, `is UP${why}`, situation));
    } else {
      // A server that had no traffic to lose is no cause for alarm.
      const severity = server.administrative === 'ready' ? 'alert' : 'notice';
      this.#change(server, severity, (situation) => wentDown(server, `is DOWN${why}`, situation));
    }
  }

  administer(state: ServerState, next: Administrative): void {
    const server = this.#own(state);
    if (server === undefined || server.administrative === next) return;
    const { administrative: before, operational, usable } = server;
    server.administrative = next;
    // What checks found before maintenance is out of date after it.
    if (before === 'maint' && server.config.check !== undefined) server.health = initialHealth(server.config.check);
    if (next === 'maint' && operational === 'down') {
      this.#change(server, 'notice', () => `${serverName(server)} was DOWN and now enters maintenance.`);
    } else if (next === 'maint') {
      this.#change(server, usable ? 'alert' : 'notice', (situation) => wentDown(server, 'is going DOWN for maintenance', situation));
    } else if (before === 'maint') {
      const status = next === 'drain' ? 'UP/DRAIN' : 'UP/READY';
      this.#change(server, 'notice', () => `${serverName(server)} is ${status} (leaving forced maintenance).`);
    } else if (next === 'drain') {
      this.#change(server, 'notice', (situation) => cameUp(server, 'enters drain state', situation));
    } else {
      const status = server.operational === 'up' ? 'UP' : 'DOWN';
      this.#change(server, 'notice', () => `${serverName(server)} is ${status} (leaving forced drain).`);
    }
  }

  weigh(state: ServerState, weight: number): void {
    const server = this.#own(state);
    if (server === undefined || server.weight === weight) return;
    server.weight = weight;
    this.#rebuild();
    this.#serveAll();
    this.#tell(server);
  }

  save(): readonly SavedServer[] {
    return this.servers.map(saveServer);
  }

  restore(saved: readonly SavedServer[]): void {
    for (const server of this.servers) {
      const state = saved.find(({ key }) => key === server.key);
      if (state !== undefined) restoreServer(server, state);
    }
    this.#rebuild();
    for (const server of this.servers) if (!server.usable) this.#redistribute(server);
    this.#serveAll();
    for (const server of this.servers) this.#tell(server);
  }

  watch(listener: (server: ServerRuntime) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The server here that goes by the same name: results and orders may come from another process or snapshot. */
  #own(state: ServerState): ServerRuntime | undefined {
    return this.servers.find((server) => server.key === state.key);
  }

  /** After a server's state changed: balances anew, moves those who waited, and says so in one line. */
  #change(server: ServerRuntime, severity: Severity, describe: (situation: Situation) => string): void {
    const hadServers = this.usableServers > 0;
    this.#rebuild();
    const waitingBefore = this.#queue.length;
    const requeued = server.usable ? 0 : server.queued;
    if (!server.usable) this.#redistribute(server);
    this.#serveAll();
    const taken = server.usable ? waitingBefore - this.#queue.length : requeued;
    const usable = this.servers.filter((other) => other.usable && other.weight > 0);
    const backups = usable.filter((other) => other.config.backup).length;
    const situation = { active: usable.length - backups, backups, requeued: taken };
    this.#deps.report(severity, describe(situation));
    if (hadServers && this.usableServers === 0) this.#deps.report('emerg', `backend ${this.config.name} has no server available!`);
    this.#tell(server);
  }

  #tell(server: ServerRuntime): void {
    for (const listener of this.#listeners) listener(server);
  }

  /** Backups serve only while no other server can: the first of them, or all with `option allbackups`. */
  #rebuild(): void {
    const usable = this.servers.filter((server) => server.usable && server.weight > 0);
    const active = usable.filter((server) => !server.config.backup);
    const backups = this.config.allBackups ? usable : usable.slice(0, 1);
    this.#eligible = active.length > 0 ? active : backups;
    for (const server of this.servers) server.eligible = this.#eligible.includes(server);
    this.#chooser = createChooser(this.config.balance, this.#eligible, () => this.#deps.random());
  }

  #serveAll(): void {
    for (const server of this.servers) this.#serve(server);
  }

  /** Gives free slots to those who wait, the oldest first. Being granted one may release it at once, and end up here again. */
  #serve(server: ServerRuntime): void {
    if (this.#serving.has(server)) return;
    this.#serving.add(server);
    try {
      while (server.usable && server.hasSlot) {
        const entry = this.#oldest(server);
        if (entry === undefined) break;
        this.#waiting.remove(entry.waiter);
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
    return own.ticket < any.ticket ? own : any;
  }

  /**
   * Moves those who wait for a server that is gone. Each is chosen a server anew, and keeps its deadline.
   * Those in the backend's own queue stay: a server that comes back in time still gets them, as in HAProxy.
   */
  #redistribute(gone: ServerRuntime): void {
    for (let entry = gone.queue.head; entry !== undefined; entry = gone.queue.head) {
      const { waiter } = entry;
      const server = this.#chooser?.choose(waiter.facts, undefined);
      if (this.#chooser === undefined) {
        this.#waiting.remove(waiter);
        waiter.refused('no-server');
      } else if (server === undefined) {
        gone.queue.remove(entry);
        this.#queue.push(entry);
        waiter.backendQueue += this.#queue.length;
      } else {
        gone.queue.remove(entry);
        server.queue.push(entry);
        waiter.serverQueue += server.queued;
        this.#serve(server);
      }
    }
  }
}
