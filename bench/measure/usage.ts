import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

/** Clock ticks of /proc in a second (`getconf CLK_TCK`). */
const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/**
 * Seconds of processor time used by processes so far: user and system, all threads including ended ones,
 * and their children, running or reaped (proc(5): utime, stime, cutime, cstime).
 */
export function processorSeconds(pids: readonly number[]): number {
  let ticks = 0;
  for (const pid of pids.flatMap(family)) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    for (const index of [11, 12, 13, 14]) ticks += Number(fields[index]);
  }
  return ticks / TICKS;
}

/** Bytes of resident memory of processes and their children (VmRSS). */
export function residentBytes(pids: readonly number[]): number {
  return kilobytes(pids, 'status', /VmRSS:\s+(\d+)/);
}

/** The same, with shared pages counted proportionally (Pss). */
export function proportionalBytes(pids: readonly number[]): number {
  return kilobytes(pids, 'smaps_rollup', /Pss:\s+(\d+)/);
}

function kilobytes(pids: readonly number[], file: string, pattern: RegExp): number {
  return pids
    .flatMap(family)
    .reduce((sum, pid) => sum + 1024 * Number(pattern.exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))?.[1] ?? 0), 0);
}

function family(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(family)];
}

/** The processes that a process has started, of all its threads. */
export function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) => childrenOfThread(`/proc/${pid}/task/${task}`));
}

/** None for a thread that has ended since it was listed: stunnel has one for each connection. */
function childrenOfThread(task: string): number[] {
  try {
    return readFileSync(`${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
