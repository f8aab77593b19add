/** What precedes the message of a syslog line. `local` is RFC 3164 without the host name, as HAProxy and libc send it. */
export type SyslogFormat = 'local' | 'rfc3164' | 'rfc5424' | 'short' | 'raw';

export interface HeaderOptions {
  readonly format: SyslogFormat;
  /** 0 to 23: a place in `facilities`. */
  readonly facility: number;
  /** The program's name (HAProxy's log-tag). */
  readonly tag: string;
  readonly pid: number;
  /** For `rfc3164` only; HAProxy leaves it out of `rfc5424`, and so do we. */
  readonly hostname: string;
  /** `rfc5424`: the line begins with structured data of its own. Default false. */
  readonly structured?: boolean;
}

/** Makes the header of one line from a severity's number and wall-clock milliseconds. Caches the last one. */
export type Header = (severity: number, now: number) => string;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** Headers exactly as HAProxy 2.6 writes them, except for milliseconds instead of microseconds (RFC 5424 allows both). */
export function syslogHeader({ format, facility, tag, pid, hostname, structured = false }: HeaderOptions): Header {
  const priority = (severity: number): string => `<${facility * 8 + severity}>`;
  switch (format) {
    case 'raw':
      return () => '';
    case 'short':
      return (severity) => `<${severity}>`;
    case 'local':
      return keepLast(1000, (severity, date) => `${priority(severity)}${bsdDate(date)} ${tag}[${pid}]: `);
    case 'rfc3164':
      return keepLast(1000, (severity, date) => `${priority(severity)}${bsdDate(date)} ${hostname} ${tag}[${pid}]: `);
    case 'rfc5424':
      return keepLast(
        1,
        (severity, date) => `${priority(severity)}1 ${isoDate(date)} - ${tag} ${pid} - ${structured ? '' : '- '}`,
      );
  }
}

/** Formatting dates is expensive and lines come in bursts: a header is reused within the same `step` milliseconds. */
function keepLast(step: number, make: (severity: number, date: Date) => string): Header {
  let lastStep = -1;
  let lastSeverity = -1;
  let last = '';
  return (severity, now) => {
    const thisStep = Math.floor(now / step);
    if (thisStep !== lastStep || severity !== lastSeverity) {
      lastStep = thisStep;
      lastSeverity = severity;
      last = make(severity, new Date(now));
    }
    return last;
  };
}

/** `Nov  3 03:35:00`, local time (RFC 3164 §4.1.2). */
function bsdDate(date: Date): string {
  return `${months[date.getMonth()]} ${String(date.getDate()).padStart(2)} ${clock(date)}`;
}

/** `2026-11-23T03:50:42.374+00:00`, local time (RFC 5424 §6.2.3). */
function isoDate(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const offset = `${minutes < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${clock(date)}.${String(date.getMilliseconds()).padStart(3, '0')}${offset}`;
}

function clock(date: Date): string {
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}
