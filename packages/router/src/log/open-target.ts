import type { Destinations } from '@headgate/shared/log/destinations';
import { SyslogSink } from '@headgate/shared/log/syslog';
import type { LogTarget } from '../model/snapshot.ts';

/** The environment of a log. */
export interface LogDeps {
  readonly destinations: Destinations;
  readonly pid: number;
  readonly hostname: string;
  /** Wall-clock milliseconds; Date.now when not given. */
  readonly now?: () => number;
}

/** The writer of one `log` line of the configuration. `structured`: lines bring the structured data of rfc5424 with them. Targets with the same address share one socket. */
export function openTarget(
  target: LogTarget,
  isJson: boolean,
  { destinations, pid, hostname, now }: LogDeps,
  structured = false,
): SyslogSink {
  const { transport, format, facility, tag, maxSeverity, minSeverity } = target;
  // A truncated JSON object is useless; jsonLog limits the parts clients control instead.
  const maxLength = isJson ? Number.POSITIVE_INFINITY : target.maxLength;
  const options = {
    format,
    facility,
    tag,
    pid,
    hostname: target.hostname ?? hostname,
    structured,
    maxSeverity,
    minSeverity,
    maxLength,
  };
  return new SyslogSink(destinations.sink(transport), now === undefined ? options : { ...options, now });
}
