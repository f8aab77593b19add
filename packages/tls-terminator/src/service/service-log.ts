import { closeSync, constants, openSync, truncateSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Fields, Logger, Severity } from '@headgate/shared/log/logger';
import { severityNumbers } from '@headgate/shared/log/severity';
import { fileSink } from '@headgate/shared/log/stream-sink';
import { SyslogSink } from '@headgate/shared/log/syslog';
import { UdpSink } from '@headgate/shared/log/udp-sink';
import { createLogger } from '@headgate/shared/log/winston';
import type { LoggerTarget, ProcessLogger } from '@headgate/shared/log/winston';
import { StartFailure } from '@headgate/shared/process/start-failure';
import { whyUnwritable } from '@headgate/shared/process/unwritable';
import type { Logging } from '../model/snapshot.ts';
import type { SelectiveLogger } from './session-log.ts';

/** stunnel cuts longer lines too. */
const longestSyslogLine = 1024;

/** The lines of services, sent where `output`, `syslog` and `foreground` say; start and stop are told by `shell`. */
export class ServiceLog {
  readonly #logging: Logging;
  readonly #shell: Logger;
  readonly #failed: SelectiveLogger['failed'];
  readonly #own: ProcessLogger | undefined;
  readonly #targets: readonly LoggerTarget[];

  constructor(logging: Logging, shell: Logger, failed?: SelectiveLogger['failed']) {
    this.#failed = failed;
    this.#logging = logging;
    this.#shell = shell;
    this.#targets = targetsOf(logging);
    this.#own =
      this.#targets.length === 0
        ? undefined
        : createLogger({ name: logging.tag, level: 'debug', targets: this.#targets });
  }

  /** A logger that leaves out what is less severe than `level`, or than `debug` says globally. */
  logger(level: Severity | undefined): SelectiveLogger {
    const least = severityNumbers[level ?? this.#logging.level];
    const admits = (severity: Severity): boolean => severityNumbers[severity] <= least;
    return {
      admits,
      failed: this.#failed,
      log: (severity: Severity, message: string, fields?: Fields) => {
        if (!admits(severity)) return;
        if (this.#logging.stderr) this.#shell.log(severity, message, fields);
        this.#own?.log(severity, message, fields);
      },
      flush: () => this.flush(),
    };
  }

  async flush(): Promise<void> {
    await Promise.all([this.#shell.flush(), this.#own?.flush()]);
  }

  close(): void {
    for (const { sink } of this.#targets) sink.close();
  }

  /** Closes once all is written. */
  async finish(): Promise<void> {
    await this.flush();
    this.close();
  }
}

function targetsOf({ output, mode, syslog, facility, tag }: Logging): LoggerTarget[] {
  const targets: LoggerTarget[] = [];
  if (output !== undefined) {
    mustBeWritable(output);
    if (mode === 'overwrite') emptyFile(output);
    targets.push({ sink: fileSink(output), form: 'text' });
  }
  if (syslog) {
    // Node.js has no unix datagram sockets, so the local syslog is reached over UDP (rsyslog's imudp).
    const header = { format: 'local', facility, tag, pid: process.pid, hostname: hostname() } as const;
    const limits = { maxSeverity: 'debug', minSeverity: 'emerg', maxLength: longestSyslogLine } as const;
    targets.push({ sink: new SyslogSink(new UdpSink('127.0.0.1', 514), { ...header, ...limits }), form: 'message' });
  }
  return targets;
}

/** Lines that go nowhere are noticed when they are needed: like stunnel, the program does not start then. */
function mustBeWritable(path: string): void {
  try {
    closeSync(
      openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK, 0o640),
    );
  } catch (error) {
    // A pipe that nobody reads yet.
    if (error instanceof Error && 'code' in error && error.code === 'ENXIO') return;
    throw new StartFailure(`cannot write the log file ${path}: ${whyUnwritable(error)}`);
  }
}

function emptyFile(path: string): void {
  try {
    truncateSync(path);
  } catch {
    // It does not exist yet, or is a pipe: there is nothing to empty.
  }
}
