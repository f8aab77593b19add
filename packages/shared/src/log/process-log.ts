import { hostname } from 'node:os';
import type { Destinations, Destination } from './destinations.ts';
import type { Severity } from './logger.ts';
import { SyslogSink } from './syslog.ts';
import type { SyslogOptions } from './syslog.ts';
import { createLogger } from './winston.ts';
import type { LoggerTarget, ProcessLogger } from './winston.ts';

/** A destination of the process log other than standard error: HAProxy's `log`, stunnel's `output` and `syslog`. */
export interface ProcessLogTarget extends Omit<SyslogOptions, 'pid' | 'hostname' | 'now'> {
  readonly transport: Destination;
}

export interface ProcessLogOptions {
  readonly name: string;
  /** The least severe level that is written anywhere. */
  readonly level: Severity;
  /** The format where no syslog header carries time and severity: standard error and `raw` targets. */
  readonly form: 'text' | 'json';
  /** False in the background, where it is closed. */
  readonly standardError: boolean;
  readonly targets: readonly ProcessLogTarget[];
}

export function openProcessLog(options: ProcessLogOptions, destinations: Destinations): ProcessLogger {
  const { name, level, form, standardError, targets } = options;
  const all = targets.map((target): LoggerTarget => {
    const sink = new SyslogSink(destinations.sink(target.transport), {
      ...target,
      pid: process.pid,
      hostname: hostname(),
    });
    return { sink, form: target.format === 'raw' ? form : 'message' };
  });
  if (standardError) all.unshift({ sink: destinations.sink({ kind: 'stderr' }), form });
  return createLogger({ name, level, targets: all });
}
