import type { LogFormat } from '../model/snapshot.ts';
import { clf } from './clf.ts';
import { defaultLog } from './default.ts';
import { httplog } from './httplog.ts';
import { jsonLog } from './json.ts';
import type { AccessRecord } from '../model/record.ts';
import { tcplog } from './tcplog.ts';

/** Makes the message of a record; undefined when this format has no line for it. */
export type Format = (record: AccessRecord) => string | undefined;

export const formats = {
  default: defaultLog,
  httplog,
  'httplog-clf': clf,
  tcplog,
  json: jsonLog,
} as const satisfies Record<LogFormat, Format>;
