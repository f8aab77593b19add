import type { Severity } from './logger.ts';

/** Syslog's severities, most severe first: the index is the number on the wire (RFC 5424 §6.2.1). */
export const severities = [
  'emerg',
  'alert',
  'crit',
  'err',
  'warning',
  'notice',
  'info',
  'debug',
] as const satisfies readonly Severity[];

/** 0 for `emerg` to 7 for `debug`. */
export const severityNumbers = Object.freeze({
  emerg: 0,
  alert: 1,
  crit: 2,
  err: 3,
  warning: 4,
  notice: 5,
  info: 6,
  debug: 7,
}) satisfies Readonly<Record<Severity, number>>;
