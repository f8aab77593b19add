import type { Evaluation } from '../model/evaluation.ts';
import type { LogFormat, NamedLogFormat } from '../model/snapshot.ts';
import { clf } from './clf.ts';
import { defaultLog } from './default.ts';
import { httplog, httpslog } from './httplog.ts';
import { jsonLog } from './json.ts';
import type { AccessRecord } from '../model/record.ts';
import { tcplog } from './tcplog.ts';

/** Makes the message of a record; undefined when this format has no line for it. */
export type Format = (record: AccessRecord) => string | undefined;

export const formats = {
  default: defaultLog,
  httplog,
  httpslog,
  'httplog-clf': clf,
  tcplog,
  json: jsonLog,
} as const satisfies Record<NamedLogFormat, Format>;

/** How lines of this format are made. `on` is what an own format's expressions are evaluated on. */
export function lineOf(format: LogFormat): (record: AccessRecord, on: () => Evaluation) => string | undefined {
  if (typeof format === 'object') return (_record, on) => format.render(on());
  return formats[format];
}
