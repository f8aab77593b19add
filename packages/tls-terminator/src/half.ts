/** What the `headgate` package, which runs both halves, needs of this one. No other program may import it. */
export { app as terminator, startTerminator } from './app.ts';
export { select } from './certificate/select.ts';
export { examineServices } from './commands/doctor.ts';
export { inspectCommand } from './commands/inspect.ts';
export { toYaml } from './commands/to-yaml.ts';
export { loadWith } from './config/load.ts';
export type { CertificateFacts, Service, Snapshot } from './model/snapshot.ts';
export type { FailedHandshake } from './service/session-log.ts';
