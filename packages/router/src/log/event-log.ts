import type { Severity } from '@headgate/shared/log/logger';
import type { Proxy } from '../model/snapshot.ts';
import { openTarget, type LogDeps } from './open-target.ts';

/** Logs events of a proxy: a server down, a frontend stopped (haproxy-semantics §4.6). */
export type EventLog = (severity: Severity, message: string) => void;

/** The events of a proxy go to its own `log` targets, as in HAProxy. */
export function createEventLog(proxy: Proxy, deps: LogDeps): EventLog {
  const sinks = proxy.log.map((target) => openTarget(target, false, deps));
  return (severity, message) => {
    for (const sink of sinks) if (sink.accepts(severity)) sink.write(message, severity);
  };
}
