import { readFileSync } from 'node:fs';

/** The fields of proc(5) stat that follow the program's name: state, parent and so on; undefined when unavailable. */
export function statOf(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** When a process started, in ticks of 10 ms since boot: a pid is reused, a pid with its start time is not. Linux only. */
export function startTicks(pid: number): string | undefined {
  return statOf(pid)?.[19];
}

/** Wall-clock milliseconds at which a process started; Linux only. */
export function startTime(pid: number): number | undefined {
  try {
    const ticks = Number(startTicks(pid));
    const boot = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1];
    return boot === undefined || Number.isNaN(ticks) ? undefined : Number(boot) * 1000 + ticks * 10;
  } catch {
    return undefined;
  }
}
