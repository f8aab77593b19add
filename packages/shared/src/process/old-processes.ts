import { setTimeout as sleep } from 'node:timers/promises';
import { startTicks, startTime, statOf } from './process-stat.ts';

/** Milliseconds between two checks whether they still run. */
const LOOK = 50;

/** A process that has handed over, and may still have connections. Plain data: it is sent to each successor. */
export interface OldProcess {
  readonly pid: number;
  /** Distinguishes it from a later process with the same pid; undefined where the system does not report it. */
  readonly ticks: string | undefined;
  readonly version: string;
  /** How many times a new process has taken over since it served. */
  readonly upgrades: number;
}

/** One row of `show proc`. */
export interface ProcessRow {
  readonly pid: number;
  readonly kind: 'master' | 'worker' | 'old';
  readonly upgrades: number;
  /** Seconds since its start. */
  readonly uptime: number;
  readonly version: string;
}

/** The processes that served before this one and have not ended, the oldest first. */
export class OldProcesses {
  readonly #all: readonly OldProcess[];

  constructor(all: readonly OldProcess[] = []) {
    this.#all = all;
  }

  get alive(): readonly OldProcess[] {
    return this.#all.filter(({ pid, ticks }) => isAlive(pid) && startTicks(pid) === ticks && !hasEnded(pid));
  }

  /** For the process that takes over from this one: these, and this one. */
  withSelf(version: string): readonly OldProcess[] {
    const before = this.alive.map((process) => ({ ...process, upgrades: process.upgrades + 1 }));
    return [...before, { pid: process.pid, ticks: startTicks(process.pid), version, upgrades: 1 }];
  }

  /** Passes a signal on that supervisors and log rotation send to the newest process alone. */
  signal(name: NodeJS.Signals): void {
    for (const { pid } of this.alive) send(pid, name);
  }

  /** Resolves when none is left. They are no children of this process: nothing reports their ends. */
  async ended(): Promise<void> {
    while (this.alive.length > 0) await sleep(LOOK);
  }

  /** Stops those that have outlived so many upgrades: one more has just happened. */
  limit(most: number): void {
    for (const { pid, upgrades } of this.alive) if (upgrades >= most) send(pid, 'SIGTERM');
  }

  get rows(): readonly ProcessRow[] {
    return this.alive.map(({ pid, upgrades, version }) => ({
      pid,
      kind: 'old',
      upgrades,
      uptime: uptimeOf(pid),
      version,
    }));
  }
}

export function uptimeOf(pid: number): number {
  const began = startTime(pid);
  return began === undefined ? 0 : Math.max(0, Math.round((Date.now() - began) / 1000));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    // Also another user's: then it is none of ours.
    return false;
  }
}

/** A zombie, which its parent has not waited for yet. */
function hasEnded(pid: number): boolean {
  return statOf(pid)?.[0] === 'Z';
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended in this moment.
  }
}
