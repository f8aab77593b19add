import type { SessionLog } from './session-log.ts';

/** What is said at the next tick, so that a flood of connections is not a flood of lines. */
export class Notices {
  rejected = 0;
  acceptError: Error | undefined;

  tell(log: Pick<SessionLog, 'tooMany' | 'acceptFailed'>, limit: number): void {
    if (this.rejected > 0) log.tooMany(limit, this.rejected);
    if (this.acceptError !== undefined) log.acceptFailed(this.acceptError);
    this.rejected = 0;
    this.acceptError = undefined;
  }
}
