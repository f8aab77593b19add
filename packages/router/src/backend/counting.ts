import { noteState } from '../stats/counters.ts';
import type { Owner, ServerRuntime } from './server.ts';

/** A configuration may put servers into other states: that is no event, and not counted as one. */
export function beginCounting(backend: Owner, servers: readonly ServerRuntime[]): void {
  for (const { counters, running } of servers) counters.running = running;
  backend.counters.running = servers.length === 0 || backend.usableServers > 0;
}

/** Since when a server, and its backend, has been as it is now. */
export function noteChange(backend: Owner, { counters, running }: ServerRuntime, hadServers: boolean): void {
  const now = backend.now();
  const hasServers = backend.usableServers > 0;
  noteState(counters, running, now);
  if (hadServers !== hasServers) noteState(backend.counters, hasServers, now);
}
