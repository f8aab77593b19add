/** Log messages about servers, in HAProxy's wording (haproxy-semantics §4.6). */
import type { CheckResult } from '../model/backend.ts';
import { CHECK_DESCRIPTIONS } from '../stats/check-status.ts';
import type { ServerRuntime } from './server.ts';
import { describeProgress } from './server-state.ts';

/** How many servers a backend has left, and how many waiters were moved. */
export interface Situation {
  readonly active: number;
  readonly backups: number;
  /** Moved out of the server's queue (when it goes down) or out of the backend's (when it comes up). */
  readonly requeued: number;
}

export function serverName({ config, key }: ServerRuntime): string {
  return `${config.backup ? 'Backup ' : ''}Server ${key}`;
}

export function wentDown(server: ServerRuntime, what: string, situation: Situation): string {
  const { current, queued } = server;
  const sessions = `${current} sessions active, ${situation.requeued} requeued, ${queued} remaining in queue.`;
  return `${serverName(server)} ${what}. ${remaining(situation, 'left')} ${sessions}`;
}

export function cameUp(server: ServerRuntime, what: string, situation: Situation): string {
  const sessions = `${situation.requeued} sessions requeued, ${server.queued} total in queue.`;
  return `${serverName(server)} ${what}. ${remaining(situation, 'online')} ${sessions}`;
}

export function healthCheckLine(server: ServerRuntime, result: CheckResult, progress: string): string {
  const kind = server.config.backup ? 'backup ' : '';
  const outcome = result.status === 'L7OKC' ? 'conditionally succeeded' : result.passed ? 'succeeded' : 'failed';
  return `Health check for ${kind}server ${server.key} ${outcome}, ${reason(result)}, status: ${progress}.`;
}

/** `reason: Layer7 wrong status, code: 500, info: "X", check duration: 1ms` */
export function reason({ status, code, info, duration }: CheckResult): string {
  const parts = [`reason: ${CHECK_DESCRIPTIONS[status]}`];
  if (code !== undefined) parts.push(`code: ${code}`);
  if (info !== '') parts.push(`info: "${info}"`);
  if (duration >= 0) parts.push(`check duration: ${Math.round(duration)}ms`);
  return parts.join(', ');
}

/** The progress of a check, when it differs from the last one logged by `option log-health-checks`. */
export function newProgress(server: ServerRuntime, before: number, result: CheckResult): string | undefined {
  const { check } = server.config;
  if (check === undefined) return undefined;
  const isNews = server.health !== before || server.lastCheck?.status !== result.status;
  return isNews ? describeProgress(server.health, check) : undefined;
}

function remaining({ active, backups }: Situation, word: 'left' | 'online'): string {
  const onBackup = active === 0 && backups > 0 ? ' Running on backup.' : '';
  return `${active} active and ${backups} backup servers ${word}.${onBackup}`;
}
