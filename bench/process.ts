import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isListening } from '../test/support/ports.ts';

const START_LIMIT = 15_000;
const STOP_LIMIT = 3_000;

/** All running processes started by this run. */
const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) endGroup(child, 'SIGKILL');
});

export interface Started {
  readonly pid: number;
  /** Seconds from the command until it was listening. */
  readonly seconds: number;
  readonly stop: () => Promise<void>;
}

export interface StartOptions {
  /** The core that it runs on, or several: `0,1`. */
  readonly core: number | string;
  /** The port or unix socket path it listens on when ready. */
  readonly listens: number | string;
  /** Milliseconds until it must listen; 15 s by default. */
  readonly within?: number;
  /** Additional environment variables. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a server on one core and waits until it listens. Throws with its output when it does not. */
export async function startProcess(
  command: readonly [string, ...string[]],
  { core, listens, env, within = START_LIMIT }: StartOptions,
): Promise<Started> {
  const began = performance.now();
  const child = launch(command, core, env);
  let written = '';
  const keep = (text: Buffer): void => void (written = (written + text.toString()).slice(-4_000));
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  while (!(typeof listens === 'number' ? await isListening(listens) : existsSync(listens))) {
    if (!alive.has(child) || performance.now() - began > within) {
      endGroup(child, 'SIGKILL');
      throw new Error(`${command.join(' ')} does not listen on ${listens}\n${written}`);
    }
    await sleep(5);
  }
  const seconds = (performance.now() - began) / 1000;
  // Further output is read and discarded, as by the log of a container or supervisor.
  for (const output of [child.stdout, child.stderr]) output?.removeAllListeners('data').resume();
  return { pid: child.pid ?? 0, seconds, stop: () => stop(child) };
}

/** Runs a command on one core to its end and returns its standard output. Ended after `limit` milliseconds. */
export async function runCommand(
  command: readonly [string, ...string[]],
  core: number | string,
  limit: number,
): Promise<string> {
  const child = launch(command, core);
  const timer = setTimeout(() => endGroup(child, 'SIGKILL'), limit);
  let [written, complaints] = ['', ''];
  child.stdout?.on('data', (text: Buffer) => (written += text.toString()));
  child.stderr?.on('data', (text: Buffer) => (complaints += text.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${String(code)}\n${complaints || written}`);
  return written;
}

function launch(
  command: readonly [string, ...string[]],
  core: number | string,
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  const path = `${process.env['PATH'] ?? ''}:/usr/sbin`;
  // As our commands and the units in deploy/ have it.
  const arenas = command[0] === process.execPath ? { MALLOC_ARENA_MAX: '1' } : {};
  const child = spawn('taskset', ['-c', String(core), ...command], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH: path, NO_COLOR: '1', ...arenas, ...env },
  });
  alive.add(child);
  child.once('error', () => alive.delete(child));
  child.once('exit', () => alive.delete(child));
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  if (!alive.has(child)) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  endGroup(child, 'SIGTERM');
  const timer = setTimeout(() => endGroup(child, 'SIGKILL'), STOP_LIMIT);
  await gone;
  clearTimeout(timer);
  endGroup(child, 'SIGKILL');
}

/** A process of this run and its children, which share its process group exclusively. */
function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Already ended.
  }
}
