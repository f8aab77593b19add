import type { Destinations } from '@headgate/shared/log/destinations';
import type { Severity } from '@headgate/shared/log/logger';
import { SyslogSink } from '@headgate/shared/log/syslog';
import type { Frontend, LogTarget } from '../config/snapshot.ts';
import { formats } from './formats.ts';
import type { AccessRecord } from './record.ts';

export interface AccessLog {
  /** Takes the record of a finished exchange. Never throws, never waits. */
  write(record: AccessRecord): void;
  /** Lines lost so far: a slow reader, nobody listening. Shared by logs with a common destination. */
  readonly dropped: number;
  /** Resolves when everything written so far has left the process, or cannot. */
  flush(): Promise<void>;
}

export interface AccessLogDeps {
  readonly destinations: Destinations;
  readonly pid: number;
  readonly hostname: string;
  /** Wall-clock milliseconds; Date.now when not given. */
  readonly now?: () => number;
}

/** Traffic is `info` whatever its status, as in HAProxy without log-separate-errors. */
const traffic: Severity = 'info';

/** The access log of a frontend: a line is made once, however many targets it goes to. */
export function createAccessLog(frontend: Frontend, deps: AccessLogDeps): AccessLog {
  const format = formats[frontend.logFormat];
  const onlyAbnormal = frontend.dontLogNormal;
  const sinks = frontend.log
    .map((target) => openTarget(target, frontend.logFormat === 'json', deps))
    .filter((sink) => sink.accepts(traffic));

  return {
    write(record) {
      if (sinks.length === 0 || (onlyAbnormal && isNormal(record))) return;
      const line = format(record);
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

/** What `option dontlog-normal` leaves out: no error, no retry, no redispatch, no 5xx. Redirects count as normal. */
function isNormal({ termination, retries, redispatched, status }: AccessRecord): boolean {
  const cause = termination[0];
  return !redispatched && status < 500 && (cause === 'L' || (cause === '-' && retries === 0));
}

function openTarget(target: LogTarget, isJson: boolean, { destinations, pid, hostname, now }: AccessLogDeps): SyslogSink {
  const { transport, format, facility, tag, maxSeverity, minSeverity } = target;
  // Half a JSON object is of no use to anyone; jsonLog limits what comes from outside instead.
  const maxLength = isJson ? Number.POSITIVE_INFINITY : target.maxLength;
  const options = { format, facility, tag, pid, hostname, maxSeverity, minSeverity, maxLength };
  return new SyslogSink(destinations.sink(transport), now === undefined ? options : { ...options, now });
}
