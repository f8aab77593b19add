/** What the `headgate` package, which runs both halves, needs of this one. No other program may import it. */
export { app as terminator } from './app.ts';
export { loadWith } from './config/load.ts';
export type { Snapshot } from './model/snapshot.ts';
