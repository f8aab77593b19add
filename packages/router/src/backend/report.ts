/** Log messages about servers, in HAProxy's wording (haproxy-semantics §4.6). */
import type { Severity } from '@headgate/shared/log/logger';
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

/** A change of a server for the log: how grave it is, and its line. */
export type Announcement = readonly [severity: Severity, describe: (situation: Situation) => string];

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

/** The line of `option log-health-checks` about an agent, which takes one answer to bring a server up or down. */
export function agentCheckLine(server: ServerRuntime, result: CheckResult, down: boolean): string {
  const kind = server.config.backup ? 'backup ' : '';
  const status = down ? '0/1 DOWN' : server.weight > 0 ? '1/1 UP' : '1/1 DRAIN';
  const outcome = result.passed ? 'succeeded' : 'failed';
  return `Agent check for ${kind}server ${server.key} ${outcome}, ${reason(result)}, status: ${status}.`;
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

/** What an operator or an agent has changed. `before`: the server as it was. */
export function administered(
  server: ServerRuntime,
  before: Pick<ServerRuntime, 'administrative' | 'operational' | 'usable'>,
): Announcement {
  const next = server.administrative;
  const name = serverName(server);
  const state = server.operational === 'up' ? 'UP' : 'DOWN';
  if (next === 'maint' && before.operational === 'down')
    return ['notice', () => `${name} was DOWN and now enters maintenance.`];
  if (next === 'maint')
    return [
      before.usable ? 'alert' : 'notice',
      (situation) => wentDown(server, 'is going DOWN for maintenance', situation),
    ];
  if (before.administrative === 'maint')
    return [
      'notice',
      () => `${name} is ${state}/${next === 'drain' ? 'DRAIN' : 'READY'} (leaving forced maintenance).`,
    ];
  if (next === 'drain') {
    const describe = before.operational === 'up' ? cameUp : wentDown;
    return ['notice', (situation) => describe(server, 'enters drain state', situation)];
  }
  return ['notice', () => `${name} is ${state} (leaving forced drain).`];
}

/** What a check or an agent has changed. */
export function judged(server: ServerRuntime, wasLeaving: boolean, why: string): Announcement {
  if (server.operational === 'up') {
    const what = server.leaving ? 'is stopping' : 'is UP';
    return ['notice', (situation) => cameUp(server, `${what}${why}`, situation)];
  }
  // Not an alert: the server had no traffic to lose.
  const severity = server.administrative === 'ready' && !wasLeaving ? 'alert' : 'notice';
  return [severity, (situation) => wentDown(server, `is DOWN${why}`, situation)];
}

/** A server that follows another one goes down or comes up with it. */
export function followed(server: ServerRuntime, { key }: ServerRuntime): Announcement {
  return server.stopped
    ? ['alert', (situation) => wentDown(server, `is DOWN via ${key}`, situation)]
    : ['notice', (situation) => cameUp(server, `is UP via ${key}`, situation)];
}

function remaining({ active, backups }: Situation, word: 'left' | 'online'): string {
  const onBackup = active === 0 && backups > 0 ? ' Running on backup.' : '';
  return `${active} active and ${backups} backup servers ${word}.${onBackup}`;
}
