import type { Fields, Severity } from './logger.ts';

/** One entry of the process log, not yet formatted. */
export interface Entry {
  /** Wall-clock milliseconds. */
  readonly time: number;
  readonly name: string;
  readonly pid: number;
  readonly severity: Severity;
  readonly message: string;
  readonly fields: Fields;
}

/** Message and fields as `message key=value …`: the text of a syslog line. */
export function messageText({ message, fields }: Entry): string {
  let text = escapeControls(message);
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined && key !== 'stack') text += ` ${key}=${fieldText(value)}`;
  }
  return text;
}

/** `2026-11-23 06:45:00.123 warning message key=value`, local time; a field `stack` follows on indented lines. */
export function textLine(entry: Entry): string {
  const { stack } = entry.fields;
  const line = `${localTime(new Date(entry.time))} ${entry.severity} ${messageText(entry)}`;
  if (typeof stack !== 'string') return line;
  return `${line}\n${stack
    .split('\n')
    .map((part) => `    ${escapeControls(part)}`)
    .join('\n')}`;
}

/** One JSON object: `time` (ISO 8601, UTC), `severity`, `program`, `pid`, `message`, then the fields. */
export function jsonLine({ time, name, pid, severity, message, fields }: Entry): string {
  const base = { time: new Date(time).toISOString(), severity, program: name, pid, message };
  return JSON.stringify({ ...base, ...fields, ...base });
}

function fieldText(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  return /^[^\s"=\\]+$/.test(value) ? escapeControls(value) : JSON.stringify(escapeControls(value));
}

/** Untrusted text must not be able to forge a line or send escape sequences to a terminal. */
function escapeControls(text: string): string {
  return text.replaceAll(
    // oxlint-disable-next-line no-control-regex -- matching control characters is the point
    /[\u0000-\u001f\u007f-\u009f]/g,
    (character) => `#${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

/** `2026-11-23 06:45:00.123`, in the time zone of the process. */
export function localTime(date: Date): string {
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
