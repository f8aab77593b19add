import type { Backend } from '../../model/snapshot.ts';
import type { CheckResult } from '../../model/backend.ts';

export type Verdict = Omit<CheckResult, 'duration'>;

/** One kind of health check: what it says and what it makes of the answer. Pure; the sockets are in probe.ts. */
export interface CheckType {
  /** Bytes (Latin-1) to send once connected; empty for none. */
  request(backend: Backend): string;
  /**
   * Judges everything received so far (Latin-1; nothing yet, right after connecting). Undefined asks for more;
   * when `complete` there is no more, because the server ended it or it is as long as `ANSWER_LIMIT`.
   */
  judge(received: string, complete: boolean, backend: Backend): Verdict | undefined;
}

/** No check reads more of an answer than this, in bytes. */
export const ANSWER_LIMIT = 4096;
