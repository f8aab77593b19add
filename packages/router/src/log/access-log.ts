import type { Severity } from '@headgate/shared/log/logger';
import type { Evaluation } from '../model/evaluation.ts';
import type { Frontend } from '../model/snapshot.ts';
import { lineOf } from './formats.ts';
import { openTarget, type LogDeps } from './open-target.ts';
import type { AccessRecord } from '../model/record.ts';

export interface AccessLog {
  /** Logs a finished exchange. Never throws, never blocks. */
  write(record: AccessRecord, on: () => Evaluation): void;
  /** Lines lost so far, to a slow or missing receiver. Shared by logs with a common destination. */
  readonly dropped: number;
  /** Resolves when everything written so far has left the process, or cannot. */
  flush(): Promise<void>;
}

/** Traffic is `info` whatever its status, as in HAProxy without log-separate-errors. */
const traffic: Severity = 'info';

/** The access log of a frontend: a line is formatted once, however many targets it goes to. */
export function createAccessLog(frontend: Frontend, deps: LogDeps): AccessLog {
  const format = lineOf(frontend.logFormat);
  const onlyAbnormal = frontend.dontLogNormal;
  const sinks = frontend.log
    .map((target) => openTarget(target, frontend.logFormat === 'json', deps))
    .filter((sink) => sink.accepts(traffic));

  return {
    write(record, on) {
      if (sinks.length === 0 || (onlyAbnormal && isNormal(record))) return;
      const line = format(record, on);
      if (line === undefined) return;
      for (const sink of sinks) sink.write(line, traffic);
    },
    get dropped() {
      return sinks.reduce((sum, sink) => sum + sink.dropped, 0);
    },
    async flush() {
      await Promise.all(sinks.map((sink) => sink.flush()));
    },
  };
}

/** What `option dontlog-normal` omits: no error, no retry, no redispatch, no 5xx. Redirects count as normal. */
function isNormal({ termination, retries, redispatched, status }: AccessRecord): boolean {
  const cause = termination[0];
  return !redispatched && status < 500 && (cause === 'L' || (cause === '-' && retries === 0));
}
