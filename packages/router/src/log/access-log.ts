import type { Severity } from '@headgate/shared/log/logger';
import type { Evaluation } from '../model/evaluation.ts';
import type { Frontend } from '../model/snapshot.ts';
import { lineOf } from './formats.ts';
import { openTarget, type LogDeps } from './open-target.ts';
import { badRequest } from '../sample/words.ts';
import type { AccessRecord } from '../model/record.ts';
import { samplerOf } from './sampler.ts';

export interface AccessLog {
  /** Logs a finished exchange. Never throws, never blocks. */
  write(record: AccessRecord, on: () => Evaluation): void;
  /** Lines lost so far, to a slow or missing receiver. Shared by logs with a common destination. */
  readonly dropped: number;
  /** Resolves when everything written so far has left the process, or cannot. */
  flush(): Promise<void>;
}

/** Traffic is `info` whatever its status, unless `option log-separate-errors` or a rule says otherwise. */
const traffic: Severity = 'info';

/** The access log of a frontend: a line is formatted once, however many targets it goes to. */
export function createAccessLog(frontend: Frontend, deps: LogDeps): AccessLog {
  const format = lineOf(frontend.logFormat);
  const onlyAbnormal = frontend.dontLogNormal;
  const { logStructured, errorLogFormat, logSeparateErrors } = frontend;
  const structured = logStructured?.render;
  const sinks = frontend.log.map((target) => {
    const marked = structured !== undefined && target.format === 'rfc5424';
    return {
      sink: openTarget(target, frontend.logFormat === 'json', deps, marked),
      marked,
      sampler: samplerOf(target),
    };
  });
  const sampled = sinks.some(({ sampler }) => sampler !== undefined);

  return {
    write(record, on) {
      if (sinks.length === 0 || (onlyAbnormal && isNormal(record))) return;
      const level = record.logLevel ?? (logSeparateErrors && !isNormal(record) ? 'err' : traffic);
      if (level === 'silent') return;
      const chosen = sampled
        ? sinks.filter(({ sink, sampler }) => sink.accepts(level) && sampler?.takes() !== false)
        : sinks;
      if (!chosen.some(({ sink }) => sink.accepts(level))) return;
      const unread = errorLogFormat !== undefined && record.requestLine === badRequest;
      const line = unread ? errorLogFormat.render(on()) : format(record, on);
      if (line === undefined) return;
      for (const { sink, marked } of chosen) sink.write(marked ? `${structured?.(on()) ?? '-'} ${line}` : line, level);
    },
    get dropped() {
      return sinks.reduce((sum, { sink }) => sum + sink.dropped, 0);
    },
    async flush() {
      await Promise.all(sinks.map(({ sink }) => sink.flush()));
    },
  };
}

/** What `option dontlog-normal` omits: no error, no retry, no redispatch, no 5xx. Redirects count as normal. */
function isNormal({ termination, retries, redispatched, status }: AccessRecord): boolean {
  const cause = termination[0];
  return !redispatched && status < 500 && (cause === 'L' || (cause === '-' && retries === 0));
}
