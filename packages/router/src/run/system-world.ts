import { hostname, networkInterfaces } from 'node:os';
import { performance } from 'node:perf_hooks';
import type { World } from '../model/evaluation.ts';

/** The world of the running process: system clock, randomness and host; `process` is the number of this one among `processes`, from 1. */
export function systemWorld(processes: number, process = 1): World {
  return {
    now: () => Math.floor((performance.timeOrigin + performance.now()) * 1000),
    random: Math.random,
    hostname: hostname(),
    pid: globalThis.process.pid,
    processes,
    process,
    zone: localZone,
    isLocal,
  };
}

/** How long the addresses of the machine are remembered, in milliseconds: to list them costs a system call for each. */
const REMEMBERED = 5000;
let known: ReadonlySet<string> = new Set();
let until = -Infinity;

/** Whether an address is one of this machine. */
function isLocal(address: string): boolean {
  const now = performance.now();
  if (now > until) {
    known = new Set(Object.values(networkInterfaces()).flatMap((own) => (own ?? []).map((one) => one.address)));
    until = now + REMEMBERED;
  }
  return known.has(address) || address.startsWith('127.');
}

/** The time zone of this process (TZ, /etc/localtime) at a given time in milliseconds. */
export function localZone(time: number): { readonly offset: number; readonly name: string } {
  const date = new Date(time);
  const name = /\(([^)]*)\)$/.exec(date.toString())?.[1] ?? 'UTC';
  const short = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' })
    .formatToParts(date)
    .find(({ type }) => type === 'timeZoneName')?.value;
  return { offset: -date.getTimezoneOffset(), name: short ?? name };
}
