/** Syslog's severities that the two programs use (RFC 5424 §6.2.1). */
export type Severity = 'emerg' | 'alert' | 'crit' | 'err' | 'warning' | 'notice' | 'info' | 'debug';

/** Fields of a line: shown after the message in text, as keys in JSON. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** The process log. Access lines do not go through it: see the access log of each program. */
export interface Logger {
  log(severity: Severity, message: string, fields?: Fields): void;
  /** Resolves when everything written so far has left the process, or cannot. */
  flush(): Promise<void>;
}
