/** What the `headgate` package, which runs both halves, needs of this one. No other program may import it. */
export { router } from './app.ts';
export { examineRouting } from './commands/doctor.ts';
export { importText } from './commands/import.ts';
export { DEFAULT_FILES, FILE_ENDINGS } from './config/default-files.ts';
export { loadConfig } from './config/load.ts';
export { createEventLog } from './log/event-log.ts';
export type { EventLog } from './log/event-log.ts';
export { localDate } from './sample/date.ts';
export { readQuestion } from './explain/request.ts';
export type { Certificates } from './model/process-wide.ts';
export type { Bind, BindAddress, BindTls, Frontend, Snapshot } from './model/snapshot.ts';
export type { Terminated } from './model/terminated.ts';
