import type { Backend } from '../../model/snapshot.ts';
import type { CheckResult } from '../../model/backend.ts';

export type Verdict = Omit<CheckResult, 'duration'>;

/** One kind of health check: what it sends and how it judges the answer. Pure; the sockets are in probe.ts. */
export interface CheckType {
  /** Bytes (Latin-1) to send once connected; empty for none. */
  request(backend: Backend): string;
  /**
   * Judges everything received so far (Latin-1; nothing yet, right after connecting). Undefined asks for more;
   * when `complete` no more will come: the server closed, or `ANSWER_LIMIT` was reached.
   */
  judge(received: string, complete: boolean, backend: Backend): Verdict | undefined;
}

/** The most a check reads of an answer, in bytes. */
export const ANSWER_LIMIT = 4096;
