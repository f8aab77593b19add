import { setImmediate as nextTurn } from 'node:timers/promises';
import winston from 'winston';
import TransportStream from 'winston-transport';
import { jsonLine, messageText, textLine } from './line.ts';
import type { Entry } from './line.ts';
import type { Fields, Logger, Severity } from './logger.ts';
import { severityNumbers } from './severity.ts';
import type { Sink } from './sink.ts';

/** `message` omits time and severity, which the syslog header carries. */
export type LineForm = 'text' | 'json' | 'message';

export interface LoggerTarget {
  readonly sink: Sink;
  readonly form: LineForm;
}

export interface LoggerOptions {
  /** The program's name, in JSON lines. */
  readonly name: string;
  /** The least severe level that is written. */
  readonly level: Severity;
  readonly targets: readonly LoggerTarget[];
  /** Wall-clock milliseconds; Date.now when not given. */
  readonly now?: () => number;
}

/** A process log that counts what it lost. */
export interface ProcessLogger extends Logger {
  readonly dropped: number;
}

const forms = { text: textLine, json: jsonLine, message: messageText } as const satisfies Record<
  LineForm,
  (entry: Entry) => string
>;

/** Entries that may wait inside winston before new ones are dropped. */
const mostWaiting = 1000;

/** The process log, over winston. The only module that depends on winston. */
export function createLogger({ name, level, targets, now = Date.now }: LoggerOptions): ProcessLogger {
  let dropped = 0;
  const logger = winston.createLogger({
    levels: severityNumbers,
    level,
    // Each transport makes its own line; winston's default would format every entry as JSON for nothing.
    format: { transform: (info) => info },
    transports: targets.map((target) => new SinkTransport(target)),
  });
  const waiting = (): number => logger.writableLength + logger.readableLength;
  return {
    get dropped() {
      return targets.reduce((sum, { sink }) => sum + sink.dropped, dropped);
    },
    log(severity: Severity, message: string, fields: Fields = {}) {
      if (targets.length === 0 || severityNumbers[severity] > severityNumbers[level]) return;
      if (waiting() >= mostWaiting) {
        dropped += 1;
        return;
      }
      const entry: Entry = { time: now(), name, pid: process.pid, severity, message, fields };
      logger.log({ level: severity, message, entry });
    },
    async flush() {
      // Transports accept each entry at once, so winston is empty after a turn or two.
      for (let turn = 0; turn < 10 && waiting() > 0; turn += 1) await nextTurn();
      await Promise.all(targets.map(({ sink }) => sink.flush()));
    },
  };
}

class SinkTransport extends TransportStream {
  readonly #target: LoggerTarget;

  constructor(target: LoggerTarget) {
    super();
    this.#target = target;
  }

  override log(info: { readonly entry: Entry }, next: () => void): void {
    const { sink, form } = this.#target;
    sink.write(forms[form](info.entry), info.entry.severity);
    next();
  }
}
