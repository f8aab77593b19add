import type { ServiceCounters } from '../model/counters.ts';
import type { Service } from '../model/snapshot.ts';

/** What `show info` says of the process, in HAProxy's words where it has some. `startedAt`: seconds since 1970. */
export function infoOf(
  services: readonly Service[],
  countersOf: (service: string) => ServiceCounters | undefined,
  startedAt: number,
): Readonly<Record<string, number>> {
  const counters = services.flatMap(({ name }) => countersOf(name) ?? []);
  const sum = (of: (one: ServiceCounters) => number): number => counters.reduce((all, one) => all + of(one), 0);
  return {
    Pid: process.pid,
    Uptime_sec: Math.floor(Date.now() / 1000 - startedAt),
    CurrConns: sum(({ open }) => open),
    CumConns: sum(({ connections }) => connections),
    Certificates: services.reduce((all, { tls }) => all + (tls?.certificates.length ?? 0), 0),
  };
}
