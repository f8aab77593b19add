import type { Severity } from '@headgate/shared/log/logger';
import type { Proxy } from '../model/snapshot.ts';
import { openTarget, type LogDeps } from './open-target.ts';

/** Logs events of a proxy: a server down, a frontend stopped (haproxy-semantics §4.6). */
export type EventLog = (severity: Severity, message: string) => void;

/** The events of a proxy go to its own `log` targets, as in HAProxy; where those get JSON, as JSON. */
export function createEventLog(proxy: Proxy, deps: LogDeps): EventLog {
  const { jsonEvents = false, name } = proxy;
  const sinks = proxy.log.map((target) => openTarget(target, jsonEvents, deps));
  const now = deps.now ?? Date.now;
  return (severity, message) => {
    const line = jsonEvents
      ? JSON.stringify({ time: new Date(now()).toISOString(), event: true, severity, proxy: name, message })
      : message;
    for (const sink of sinks) if (sink.accepts(severity)) sink.write(line, severity);
  };
}
